import { expect, it } from 'vitest'
import { previewOf } from './preview'

it('rows may be arrays or objects; what is missing is empty', () => {
  const expected = {
    columns: ['a', 'b'],
    rows: [
      ['1', ''],
      ['x', 'true'],
    ],
  }
  const arrays = [
    [1, null],
    ['x', true],
  ]
  const objects = [{ a: 1 }, { a: 'x', b: true }]
  expect(previewOf({ columns: ['a', 'b'], rows: arrays })).toEqual(expected)
  expect(previewOf({ columns: [{ name: 'a' }, { name: 'b' }], rows: objects })).toEqual(expected)
  expect(() => previewOf({})).toThrow('no rows')
})

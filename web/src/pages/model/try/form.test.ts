import { expect, it } from 'vitest'
import type { RowSchema } from '../../model-parts/answers'
import { fieldsOf, rowOf, typicalOf } from './form'

const schema: RowSchema = {
  properties: {
    tenure: { type: ['number', 'null'], title: 'tenure', minimum: 0, maximum: 72 },
    plan: { enum: ['basic', 'pro', null] },
    seats: { enum: [1, 2] },
    active: { type: 'boolean' },
    town: { type: 'string', description: 'Where they live' },
  },
  examples: [{ tenure: 12, plan: 'basic', seats: 2, active: true, town: null }],
}

it('a field for each column, of its kind', () => {
  expect(fieldsOf(schema).map(({ name, kind, hint }) => [name, kind, hint])).toEqual([
    ['tenure', 'number', '0 to 72'],
    ['plan', 'choice', ''],
    ['seats', 'choice', ''],
    ['active', 'choice', ''],
    ['town', 'text', 'Where they live'],
  ])
  expect(fieldsOf(schema)[1]?.choices).toEqual(['basic', 'pro'])
})

it('the form begins with the typical row, and gives it back', () => {
  const typed = typicalOf(schema)
  expect(typed).toEqual({ tenure: '12', plan: 'basic', seats: '2', active: 'true', town: '' })
  expect(rowOf(schema, typed)).toEqual({
    row: { tenure: 12, plan: 'basic', seats: 2, active: true },
  })
})

it('what is empty is missing, what is no number is said at its field', () => {
  expect(rowOf(schema, { tenure: ' ', town: ' Ulm ' })).toEqual({ row: { town: 'Ulm' } })
  expect(rowOf(schema, { tenure: '12,5' })).toEqual({ row: { tenure: 12.5 } })
  expect(rowOf(schema, { tenure: 'long' })).toMatchObject({
    wrong: { tenure: expect.stringContaining('“long” is no number') as string },
  })
  expect(rowOf(schema, { active: 'false' })).toEqual({ row: { active: false } })
})

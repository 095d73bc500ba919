import { expect, it } from 'vitest'
import { before, pathOf, resolve, splitId, titleOf, versionsOf } from './names'
import { status } from './testing/samples'

it('a version has a name and a number, a model has a name', () => {
  expect(splitId('churn-v3')).toEqual({ name: 'churn', version: 3 })
  expect(splitId('over-view')).toEqual({ name: 'over-view' })
  expect(titleOf('a-v1-v12')).toBe('a-v1 v12')
  expect(pathOf('churn-v3', 'try')).toBe('/models/churn-v3/try')
})

const all = [
  status('churn-v2', { aliases: ['production'], deployed_at_ms: 20 }),
  status('churn-v10'),
  status('churn-v1', { deployed_at_ms: 10 }),
  status('iris-v1'),
]

it('versions come newest first, by number and not by text', () => {
  expect(versionsOf('churn', all).map(({ model }) => model)).toEqual([
    'churn-v10',
    'churn-v2',
    'churn-v1',
  ])
})

it('the name of a model stands for its version in production, else for the newest', () => {
  expect(resolve('churn', all)?.model).toBe('churn-v2')
  expect(resolve('churn-v1', all)?.model).toBe('churn-v1')
  expect(resolve('iris', all)?.model).toBe('iris-v1')
  expect(resolve('none', all)).toBeUndefined()
})

it('what was deployed before is what one can go back to', () => {
  const versions = versionsOf('churn', all)
  expect(before(versions[1], versions)?.model).toBe('churn-v1')
  expect(before(versions[2], versions)?.model).toBe('churn-v2')
  expect(before(all[3], [status('iris-v1')])).toBeUndefined()
})

import { expect, it } from 'vitest'
import { drift, plain } from '../../model-parts/testing/samples'
import { highestOf, rowsOf, wordsOf } from './rows'

const one = (distance: number, importance: number) => ({
  distance,
  threshold: 0.1,
  drifted: distance > 0.1,
  importance,
})

it('what moved comes first, by how much the model looks at it', () => {
  const features = { calm: one(0.05, 0.9), far: one(0.9, 0.01), near: one(0.2, 0.5) }
  const bins = [{ label: '0 to 1', reference: 0.5, now: 0.1 }]
  const rows = rowsOf(drift({ features }), { features: { near: { bins } } })
  expect(rows.map(({ name }) => name)).toEqual(['near', 'far', 'calm'])
  expect(rows[0]?.bins).toBe(bins)
  expect(rows[1]?.bins).toEqual([])
  expect(rowsOf(undefined, undefined)).toEqual([])
})

it('figures are said with their limit, and only what there is', () => {
  expect(plain(wordsOf({ ...one(0.31, 0.42), missing: 0, unseen: 0.12 }))).toBe(
    'distance 0.31, limit 0.1; 42 % of what the model looks at; 12 % never seen in training',
  )
})

it('both distributions share a scale', () => {
  expect(
    highestOf([
      { label: 'a', reference: 0.2, now: 0.7 },
      { label: 'b', reference: 0.8, now: 0.3 },
    ]),
  ).toBe(0.8)
})

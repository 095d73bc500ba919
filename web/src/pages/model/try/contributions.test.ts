import { expect, it } from 'vitest'
import { signed, stepsOf } from './contributions'

it('what each column adds, added to the start, is the margin', () => {
  const { steps, sum, zero } = stepsOf({
    base: -1,
    margin: 0.5,
    unit: 'log-odds',
    contributions: [
      { column: 'tenure', value: 3, contribution: 2 },
      { column: 'plan', value: 'pro', contribution: -0.5 },
    ],
  })
  expect(sum).toBeCloseTo(0.5)
  expect(steps.map(({ name, value }) => [name, value])).toEqual([
    ['start', undefined],
    ['tenure', '3'],
    ['plan', 'pro'],
  ])
  // From -1 to 1: zero stands in the middle, each bar begins where the one before ended.
  expect(zero).toBe(0.5)
  expect(steps[1]).toMatchObject({ from: 0, to: 1 })
  expect(steps[2]).toMatchObject({ from: 0.75, to: 1 })
})

it('small ones are added up, and the sum stays', () => {
  const contributions = Array.from({ length: 20 }, (_, i) => ({
    column: `c${String(i)}`,
    value: i,
    contribution: 20 - i,
  }))
  const { steps, sum } = stepsOf({ base: 0, margin: 210, unit: 'price', contributions })
  expect(steps.at(-1)?.name).toBe('8 other columns')
  expect(sum).toBeCloseTo(210)
})

it('signs are written out', () => {
  expect([signed(0.314159), signed(-2)]).toEqual(['+0.3142', '−2'])
})

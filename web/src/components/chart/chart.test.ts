import { expect, it } from 'vitest'
import { gapsOf } from './gaps'
import { highestOf, niceTop, percentTop } from './scale'
import { summaryOf } from './summary'

it('axes end at round numbers and never breathe', () => {
  expect([0, 4, 10, 11, 60, 100.3, 312].map(percentTop)).toEqual([10, 10, 10, 25, 100, 100, 400])
  expect([0, 3, 999, 1001, 4_200_000].map((one) => niceTop(one, 1000))).toEqual([
    1000, 1000, 1000, 2000, 5_000_000,
  ])
  expect(niceTop(Number.NaN, 1)).toBe(1)
})

it('the highest value ignores what is missing', () => {
  expect(highestOf([[1, Number.NaN, 3], new Float64Array([2, 7])])).toBe(7)
  expect(highestOf([[Number.NaN]])).toBe(0)
})

it('a hole is NaN rows or rows too far apart', () => {
  expect(gapsOf([0, 1000, 2000], [1, 1, 1], 1000)).toEqual([])
  expect(gapsOf([0, 1000, 2000, 3000], [1, Number.NaN, Number.NaN, 2], 1000)).toEqual([
    { fromMs: 0, toMs: 3000 },
  ])
  expect(gapsOf([0, 1000, 9000], [1, 2, 3], 1000)).toEqual([{ fromMs: 1000, toMs: 9000 }])
  // One late sample is jitter, not a hole.
  expect(gapsOf([0, 2400], [1, 2], 1000)).toEqual([])
})

it('what is missing at the end is a hole as well', () => {
  expect(gapsOf([0, 1000], [1, 1], 1000, 3000)).toEqual([])
  expect(gapsOf([0, 1000], [1, 1], 1000, 9000)).toEqual([{ fromMs: 1000, toMs: 9000 }])
})

it('before the first value nothing is missing', () => {
  expect(gapsOf([0, 1000, 2000], [Number.NaN, 1, 2], 1000)).toEqual([])
})

it('says a chart in words', () => {
  const at = [0, 1, 2, 3].map((minute) => new Date(2026, 10, 21, 9, minute).getTime())
  expect(summaryOf('CPU', at, [5, 10, 40, 30], String)).toBe(
    'CPU: now 30, lowest 5 at 09:00:00, highest 40 at 09:02:00, rising.',
  )
  expect(summaryOf('CPU', at, [Number.NaN], String)).toBe('CPU: no values in this range.')
})

import { expect, it } from 'vitest'
import { metrics, plain, status, unlabelled } from './testing/samples'
import {
  accuracyOf,
  interval,
  mainScore,
  perMinute,
  plainNumber,
  scoreText,
  stageOf,
  statusOf,
  valueText,
  wilson,
} from './words'

it('what was counted comes before what is estimated, and nothing is not zero', () => {
  expect(accuracyOf(metrics({ accuracy: 0.9, estimated_accuracy: 0.8, labelled: 250 }))).toEqual({
    kind: 'labelled',
    share: 0.9,
    of: 100,
  })
  expect(accuracyOf(unlabelled(0.8))).toEqual({ kind: 'estimated', share: 0.8 })
  expect(accuracyOf(undefined)).toEqual({ kind: 'none' })
})

it("intervals of shares are Wilson's, and stay within 0 and 1", () => {
  // Wilson (1927) by hand: 94 of 100.
  const { low, high } = wilson(100, 0.94)!
  expect(low).toBeCloseTo(0.8752, 3)
  expect(high).toBeCloseTo(0.9722, 3)
  expect(plain(interval({ low, high }))).toBe('88–97 %')
  expect(wilson(10, 1)?.high).toBeCloseTo(1, 9)
  expect(wilson(10, 1)?.high).toBeLessThanOrEqual(1)
  expect(wilson(0, 0)).toBeUndefined()
})

it('nobody knows how a version does that was never asked', () => {
  expect(statusOf(status('a-v1'), metrics({ predictions: 0 }))).toBe('unknown')
  expect(statusOf(status('a-v1'), undefined)).toBe('unknown')
  expect(statusOf(status('a-v1'), metrics({ health: 'warning' }))).toBe('warn')
  expect(statusOf(status('a-v1', { state: 'error' }), metrics())).toBe('crit')
})

it('a stage is one word', () => {
  expect(stageOf(status('a-v1', { aliases: ['candidate', 'production'] }))).toBe('production')
  expect(stageOf(status('a-v1', { aliases: ['candidate'] }))).toBe('candidate')
  expect(stageOf(status('a-v1'))).toBe('inactive')
})

it('figures are written as what they are', () => {
  expect(plain(perMinute(42))).toBe('42 / min')
  expect(plain(perMinute(0.5))).toBe('0.5 / min')
  expect(plain(scoreText('accuracy', 0.9421))).toBe('94.2 %')
  expect(scoreText('rmse', 48123.4)).toBe('48,120')
  expect(plainNumber(0.000123456)).toBe('0.0001235')
  expect([valueText(null), valueText('a'), valueText(true)]).toEqual(['missing', 'a', 'true'])
  expect(mainScore(status('a-v1', { scores: { rmse: 3, r_squared: 0.5 } }))?.key).toBe('r_squared')
})

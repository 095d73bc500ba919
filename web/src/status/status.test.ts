import { expect, it } from 'vitest'
import { JUMPY, STEADY, UNJUDGED, judge } from './judge'
import { LIMITS, passedLimit, statusOf, worse } from './status'

it('a limit itself is still fine, above it is not', () => {
  expect(statusOf(80, LIMITS.cpu)).toBe('ok')
  expect(statusOf(80.1, LIMITS.cpu)).toBe('warn')
  expect(statusOf(90, LIMITS.cpu)).toBe('warn')
  expect(statusOf(90.1, LIMITS.cpu)).toBe('crit')
  expect(statusOf(96, LIMITS.disk)).toBe('crit')
  expect(statusOf(50, LIMITS.load)).toBe('warn')
})

it('unknown is never ok', () => {
  expect(statusOf(undefined, LIMITS.cpu)).toBe('unknown')
  expect(statusOf(Number.NaN, LIMITS.cpu)).toBe('unknown')
  expect(worse('ok', 'unknown')).toBe('unknown')
  expect(worse('warn', 'unknown')).toBe('warn')
})

it('names the limit that was passed', () => {
  expect(passedLimit('warn', LIMITS.cpu)).toBe(80)
  expect(passedLimit('crit', LIMITS.cpu)).toBe(90)
  expect(passedLimit('ok', LIMITS.cpu)).toBeUndefined()
})

/** Feeds one value a second and returns the statuses. */
function over(values: (number | undefined)[], patience = JUMPY): string[] {
  let now = UNJUDGED
  return values.map((value, second) => {
    now = judge(now, value, LIMITS.cpu, patience, second * 1000)
    return now.status
  })
}

it('one busy second is no warning', () => {
  expect(over([10, 97, 10])).toEqual(['ok', 'ok', 'ok'])
})

it('five busy seconds are', () => {
  expect(over([10, 97, 97, 97, 97, 97, 97])).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'crit'])
})

it('swaying around a limit does not flicker', () => {
  expect(over([85, 79.5, 81, 76, 74.9], STEADY)).toEqual(['warn', 'warn', 'warn', 'ok', 'ok'])
})

it('falls from critical to warning, then to normal', () => {
  expect(over([95, 89.5, 85, 70], STEADY)).toEqual(['crit', 'crit', 'warn', 'ok'])
})

it('what is not known any more is unknown at once', () => {
  expect(over([95, undefined, 20], STEADY)).toEqual(['crit', 'unknown', 'ok'])
})

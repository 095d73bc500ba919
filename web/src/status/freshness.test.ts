import { expect, it } from 'vitest'
import { freshnessOf } from './freshness'

const at = 1_000_000

function kind(ageMs: number, offline = false): string {
  return freshnessOf(at, 1_000, at + ageMs, offline).kind
}

it('a value of the last two intervals is the present', () => {
  expect([0, 1_000, 2_900].map((age) => kind(age))).toEqual(['fresh', 'fresh', 'fresh'])
})

it('older is stale and says how old, much older is unknown', () => {
  expect([3_100, 5_900, 6_100].map((age) => kind(age))).toEqual(['stale', 'stale', 'unknown'])
  const stale = freshnessOf(at, 10_000, at + 25_000, false)
  expect(stale.kind === 'stale' && stale.ago.replace('\u00a0', ' ')).toBe('25 s ago')
})

it('offline nothing is known, however young', () => {
  expect(kind(0, true)).toBe('unknown')
  expect(freshnessOf(undefined, 1_000, at, true)).toEqual({ kind: 'unknown' })
})

it('before the first value it waits', () => {
  expect(freshnessOf(undefined, 1_000, at, false)).toEqual({ kind: 'waiting' })
})

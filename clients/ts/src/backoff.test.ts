import { expect, test } from 'vitest'
import { LONGEST_MS, SHORTEST_MS, ceilingMs, delayMs } from './backoff.ts'

test('the ceiling doubles up to half a minute', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map(ceilingMs)).toEqual([
    2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ])
})

test('jitter covers the whole range and never leaves it', () => {
  for (let failures = 0; failures < 40; failures++) {
    expect(delayMs(failures, 0)).toBe(SHORTEST_MS)
    expect(delayMs(failures, 0.999_999_9)).toBe(ceilingMs(failures))
    expect(delayMs(failures, 0.5)).toBe((SHORTEST_MS + ceilingMs(failures)) / 2)
    expect(delayMs(failures, 0.999_999_9)).toBeLessThanOrEqual(LONGEST_MS)
  }
})

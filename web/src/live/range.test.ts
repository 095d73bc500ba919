import { describe, expect, test } from 'vitest'
import { type TimeRange, WINDOWS, formatRange, parseRange, shiftRange, zoomRange } from './range'

const NOW = 1_700_000_000_000
const live = (windowMs: number): TimeRange => ({ is: 'live', windowMs })
const fixed = (from: number, to: number): TimeRange => ({ is: 'fixed', from, to })

test('what the URL says is read and written back', () => {
  const check = (query: Record<string, string>, range: TimeRange) => {
    expect(parseRange(query)).toEqual(range)
    expect(formatRange(range)).toEqual(query)
  }
  check({ t: '5m' }, live(300_000))
  check({ t: '24h' }, live(86_400_000))
  check({ t: '7d' }, live(7 * 86_400_000))
  check({ t: '90s' }, live(90_000))
  check({ from: '1000', to: '2000' }, fixed(1_000, 2_000))
  for (const { text, ms } of WINDOWS) check({ t: text }, live(ms))
})

test('what says nothing usable is undefined', () => {
  const check = (query: Record<string, unknown>) => expect(parseRange(query)).toBeUndefined()
  check({})
  check({ t: '' })
  check({ t: '5' })
  check({ t: '-5m' })
  check({ t: '1s' })
  check({ t: '9999999d' })
  check({ t: ['5m', '6m'] })
  check({ from: '1' })
  check({ from: '2', to: '1' })
  check({ from: 'x', to: '1' })
  check({ from: '1e3', to: '9e9' })
})

describe('moving', () => {
  test('back is fixed; forward ends in live', () => {
    const back = shiftRange(live(60_000), -1, NOW)
    expect(back).toEqual(fixed(NOW - 90_000, NOW - 30_000))
    expect(shiftRange(back, -1, NOW)).toEqual(fixed(NOW - 120_000, NOW - 60_000))
    expect(shiftRange(back, 1, NOW)).toEqual(live(60_000))
  })

  test('in and out keep the middle, within bounds', () => {
    expect(zoomRange(fixed(1_000_000, 1_100_000), 'in', NOW)).toEqual(fixed(1_025_000, 1_075_000))
    expect(zoomRange(fixed(1_000_000, 1_100_000), 'out', NOW)).toEqual(fixed(950_000, 1_150_000))
    expect(zoomRange(fixed(NOW - 100_000, NOW), 'out', NOW)).toEqual(fixed(NOW - 200_000, NOW))
    expect(zoomRange(live(60_000), 'in', NOW)).toEqual(live(30_000))
    expect(zoomRange(live(10_000), 'in', NOW)).toEqual(live(10_000))
  })
})

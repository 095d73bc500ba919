import { describe, expect, it } from 'vitest'
import * as format from './format'

/** Spaces in expectations stand for no-break spaces too: what matters is the reading. */
function check(got: string, expected: string): void {
  expect(got.replaceAll('\u00a0', ' ')).toBe(expected)
}

describe('unknown is a dash, never a zero', () => {
  const all = [
    format.percent,
    format.roughPercent,
    format.bytes,
    format.bytesPerSecond,
    format.bitsPerSecond,
    format.perSecond,
    format.frequency,
    format.latency,
    format.count,
    format.ratio,
    format.duration,
    format.time,
    format.shortTime,
    format.date,
    format.utc,
  ]
  it.each(all.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    check(one(undefined), '–')
    check(one(Number.NaN), '–')
  })
})

it('percent', () => {
  check(format.percent(43.14), '43.1 %')
  check(format.percent(0), '0.0 %')
  check(format.percent(-0.01), '0.0 %')
  check(format.percent(100), '100.0 %')
})

it('roughPercent', () => {
  check(format.roughPercent(4.2), '4 %')
  check(format.roughPercent(0.4), '0.4 %')
  check(format.roughPercent(0.97), '1 %')
  check(format.roughPercent(0), '0 %')
  check(format.roughPercent(312.4), '312 %')
})

it('bytes', () => {
  check(format.bytes(0), '0 B')
  check(format.bytes(1023), '1,023 B')
  check(format.bytes(1536), '1.50 KiB')
  check(format.bytes(16 * 1024 ** 3), '16.0 GiB')
  check(format.bytes(512.4 * 1024 ** 2), '512 MiB')
})

it('bytesPerSecond', () => {
  check(format.bytesPerSecond(999), '999 B/s')
  check(format.bytesPerSecond(4_200_000), '4.20 MB/s')
  check(format.bytesPerSecond(999_600), '1.00 MB/s')
})

it('bitsPerSecond', () => {
  check(format.bitsPerSecond(1_500_000), '12.0 Mb/s')
  check(format.bitsPerSecond(0), '0 b/s')
})

it('perSecond', () => {
  check(format.perSecond(1234), '1,234 /s')
  check(format.perSecond(0.25), '0.3 /s')
  check(format.perSecond(0), '0 /s')
})

it('frequency', () => {
  check(format.frequency(3420), '3.42 GHz')
  check(format.frequency(800), '800 MHz')
})

it('latency', () => {
  check(format.latency(0.42), '0.42 ms')
  check(format.latency(12.3), '12 ms')
  check(format.latency(1200), '1.20 s')
})

it('roughLatency', () => {
  check(format.roughLatency(0.2), '1 ms')
  check(format.roughLatency(7.2), '7 ms')
  check(format.roughLatency(412), '412 ms')
  check(format.roughLatency(undefined), '–')
})

it('count and ratio', () => {
  check(format.count(2412), '2,412')
  check(format.ratio(0.416), '0.42')
})

it('duration', () => {
  check(format.duration(42.9), '42 s')
  check(format.duration(185), '3 min 5 s')
  check(format.duration(8040), '2 h 14 min')
  check(format.duration(12 * 86_400 + 3 * 3600 + 7), '12 d 3 h')
  check(format.duration(3600), '1 h')
  check(format.duration(-3), '0 s')
})

describe('points in time', () => {
  const now = new Date(2026, 10, 21, 9, 43, 2).getTime()
  it('time', () => {
    check(format.time(now), '09:43:02')
  })
  it('shortTime', () => {
    check(format.shortTime(now), '09:43')
  })
  it('date', () => {
    check(format.date(now), '21 Nov')
  })
  it('timeOrDate', () => {
    check(format.timeOrDate(now, now), '09:43:02')
    check(format.timeOrDate(now - 86_400_000, now), '20 Nov 09:43:02')
  })
  it('timeOrShortDate', () => {
    check(format.timeOrShortDate(now, now), '09:43:02')
    check(format.timeOrShortDate(now - 86_400_000, now), '20 Nov 09:43')
  })
  it('ago', () => {
    check(format.ago(now - 12_000, now), '12 s ago')
    check(format.ago(now - 185_000, now), '3 min ago')
    check(format.ago(now - 7_200_000, now), '07:43:02')
    check(format.ago(now + 500, now), '0 s ago')
  })
  it('utc', () => {
    check(format.utc(Date.UTC(2026, 10, 21, 9, 43, 2)), '2026-11-21 09:43:02 UTC')
  })
  it('timeRange', () => {
    check(format.timeRange(now - 900_000, now, now), '09:28 – 09:43')
    check(format.timeRange(now - 60_000, now, now), '09:42:02 – 09:43:02')
    check(format.timeRange(now - 86_400_000, now, now), '20 Nov 09:43 – 09:43')
  })
})

it('split', () => {
  expect(format.split(format.percent(43.1))).toEqual({ number: '43.1', unit: '%' })
  expect(format.split(format.UNKNOWN)).toEqual({ number: '–', unit: '' })
})

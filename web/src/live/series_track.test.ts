import { describe, expect, test } from 'vitest'
import { SeriesTrack, stepOf } from './series_track'
import { answer } from './testing/stage'

const NAME = 'host/a/cpu/total_percent'

function track(stepMs = 0): SeriesTrack {
  return new SeriesTrack([NAME], stepMs)
}

function rows(of: SeriesTrack, from = -Infinity, to = Infinity): [number, number][] {
  const { at, values } = of.columns(from, to)
  return [...at].map((time, i) => [time, values[0]?.[i] ?? NaN])
}

function history(of: SeriesTrack, from: number, given: [number, number][], intervalMs = 1_000) {
  return answer({ names: of.names, from, to: 1e9, step: of.stepMs }, given, intervalMs)
}

describe('samples', () => {
  test('stand at their own time, each once', () => {
    const one = track()
    for (const at of [1_000, 2_000, 2_000, 1_500, 3_000]) one.feed(at, [at], 1_000)
    expect(rows(one)).toEqual([
      [1_000, 1_000],
      [2_000, 2_000],
      [3_000, 3_000],
    ])
    expect(one.samples).toBe(3)
  })

  test('a hole longer than two and a half intervals breaks the line, at its true length', () => {
    const one = track()
    one.feed(1_000, [1], 1_000)
    one.feed(3_500, [2], 1_000)
    expect(rows(one)).toEqual([
      [1_000, 1],
      [3_500, 2],
    ])
    one.feed(43_500, [3], 1_000)
    expect(rows(one)).toEqual([
      [1_000, 1],
      [3_500, 2],
      [4_500, NaN],
      [43_500, 3],
    ])
  })

  test('rows that come seldom on purpose are no holes', () => {
    const one = track()
    one.feed(0, [1], 10_000)
    one.feed(10_000, [2], 10_000)
    // Promoted: from here on every second.
    one.feed(20_000, [3], 1_000)
    one.feed(21_000, [4], 1_000)
    expect(rows(one)).toHaveLength(4)
    expect(one.columns(0, 30_000).intervalMs).toBe(10_000)
  })

  test('what a sample does not know is unknown in its column only', () => {
    const one = new SeriesTrack(['host/a/cpu/load_1m', 'host/a/cpu/load_5m'], 0)
    one.feed(1_000, [1, NaN], 1_000)
    const { values } = one.columns(0, 2_000)
    expect(values.map((column) => [...column])).toEqual([[1], [NaN]])
  })
})

describe('history', () => {
  test('is put where it belongs, what came live stays, and each time is there once', () => {
    const one = track()
    one.feed(5_000, [50], 1_000)
    one.feed(6_000, [60], 1_000)
    one.fill(
      history(one, 0, [
        [3_000, 3],
        [4_000, 4],
        [5_000, 5],
      ]),
    )
    expect(rows(one)).toEqual([
      [3_000, 3],
      [4_000, 4],
      [5_000, 50],
      [6_000, 60],
    ])
    expect(one.units).toEqual(['percent'])
  })

  test('fills a hole after a loss and says how much', () => {
    const one = track()
    one.feed(1_000, [1], 1_000)
    one.feed(11_000, [11], 1_000)
    expect(one.hasHoleAfter(1_000)).toBe(true)
    const found: [number, number][] = [2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => [n * 1_000, n])
    expect(one.fill(history(one, 1_001, found), 1_000)).toBe(9_000)
    expect(one.hasHoleAfter(0)).toBe(false)
    expect(rows(one)).toHaveLength(11)
  })

  test('an outage of the server stays a hole of its true length', () => {
    const one = track()
    one.feed(1_000, [1], 1_000)
    one.feed(61_000, [61], 1_000)
    expect(
      one.fill(
        history(one, 1_001, [
          [2_000, 2],
          [60_000, 60],
        ]),
        1_000,
      ),
    ).toBe(2_000)
    expect(rows(one)).toEqual([
      [1_000, 1],
      [2_000, 2],
      [3_000, NaN],
      [60_000, 60],
      [61_000, 61],
    ])
  })

  test('an outage shows although the topic speaks seldom after it', () => {
    const one = track()
    one.feed(1_000, [1], 1_000)
    one.lose(1_500)
    one.feed(21_000, [21], 10_000)
    one.feed(31_000, [31], 10_000)
    const expected = [
      [1_000, 1],
      [2_000, NaN],
      [21_000, 21],
      [31_000, 31],
    ]
    expect(rows(one)).toEqual(expected)
    one.fill(history(one, 1_001, [[21_000, 21]], 10_000), 1_000)
    expect(rows(one)).toEqual(expected)
  })

  test('read twice it is the same', () => {
    const one = track()
    const found = history(one, 0, [
      [1_000, 1],
      [2_000, 2],
      [9_000, 9],
    ])
    one.fill(found)
    const once = rows(one)
    one.fill(found)
    expect(rows(one)).toEqual(once)
  })

  test('columns with times of their own are joined', () => {
    const names = ['host/a/disks/x_ms', 'host/a/disks/y_ms']
    const one = new SeriesTrack(names, 0)
    const both = answer({ names, from: 0, to: 9 }, [
      [1_000, 1],
      [2_000, 2],
    ])
    const [x, y] = both.series
    one.fill({ ...both, series: [x!, { ...y!, at_ms: [2_000], mean: [7], min: [7], max: [7] }] })
    expect(one.columns(0, 9_000).values.map((column) => [...column])).toEqual([
      [1, 2],
      [NaN, 7],
    ])
  })
})

describe('steps', () => {
  test('are as long as a wide chart needs', () => {
    expect(stepOf(5 * 60_000)).toBe(0)
    expect(stepOf(15 * 60_000)).toBe(0)
    expect(stepOf(3_600_000)).toBe(10_000)
    expect(stepOf(6 * 3_600_000)).toBe(60_000)
    expect(stepOf(24 * 3_600_000)).toBe(300_000)
    expect(stepOf(7 * 86_400_000)).toBe(1_200_000)
  })

  test('samples are merged into mean, lowest and highest', () => {
    const one = track(10_000)
    for (const [at, value] of [
      [10_000, 4],
      [11_000, 8],
      [19_999, 0],
      [20_000, 1],
    ] as const) {
      one.feed(at, [value], 1_000)
    }
    const { at, values, low, high, intervalMs } = one.columns(0, 1e6)
    expect([at, values[0], low[0], high[0]].map((column) => [...(column ?? [])])).toEqual([
      [10_000, 20_000],
      [4, 1],
      [0, 1],
      [8, 1],
    ])
    expect(intervalMs).toBe(10_000)
  })

  test('a step that began as history goes on, weighed by its age', () => {
    const one = track(10_000)
    one.fill(history(one, 0, [[10_000, 10]], 10_000))
    one.feed(13_000, [50], 1_000)
    const { values, low, high } = one.columns(0, 1e6)
    // Three seconds at 10, one sample of 50.
    expect(values[0]?.[0]).toBe(20)
    expect([low[0]?.[0], high[0]?.[0]]).toEqual([9, 50])
  })

  test('history read again does not make the newest step forget its samples', () => {
    const one = track(10_000)
    for (const at of [10_000, 11_000, 12_000]) one.feed(at, [10], 1_000)
    one.fill(history(one, 0, [[0, 1]], 10_000))
    one.feed(13_000, [50], 1_000)
    expect(rows(one).at(-1)).toEqual([10_000, 20])
  })
})

test('a window has its rows and those that lead into it', () => {
  const one = track()
  for (let at = 1_000; at <= 20_000; at += 1_000) one.feed(at, [at], 1_000)
  expect(rows(one, 10_000, 12_000).map(([at]) => at)).toEqual([
    8_000, 9_000, 10_000, 11_000, 12_000,
  ])
  expect(rows(track())).toEqual([])
})

test('a year of samples needs no more room than a window', () => {
  const one = track()
  for (let at = 0; at < 10_000_000; at += 1_000) one.feed(at, [1], 1_000)
  expect(rows(one).length).toBe(1_800)
  expect(one.newest).toBe(9_999_000)
})

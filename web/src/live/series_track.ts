/**
 * series_track: some series of one topic over a window of time, as rows. Enters: samples as they come,
 * and history when it was read. Leaves: columns for charts.
 * A sample stands at its own time, never at that of its arrival. Where rows are further apart than
 * two and a half times their interval there is a row of NaN, so that the line breaks there, and the
 * next row stands where it belongs: a hole is as long as it was.
 */
import type { SeriesAnswer, Unit } from '@bellwether/client'
import { Ring } from './ring'

/** Rows further apart than this many intervals have a hole between them (as `SeriesColumns` says). */
export const HOLE_INTERVALS = 2.5

/** Longest window whose rows are samples; above it, rows are steps. */
export const RAW_WINDOW_MS = 15 * 60_000
/** Samples of a topic are at least that far apart. */
const SHORTEST_INTERVAL_MS = 1_000
/** Rows that a wide chart can still show apart. */
const STEPS_IN_WINDOW = 600
const STEPS_MS = [5, 10, 15, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 21_600, 86_400].map(
  (seconds) => seconds * 1_000,
)

/** 0 where a window shows samples; otherwise the length of its steps. */
export function stepOf(windowMs: number): number {
  if (windowMs <= RAW_WINDOW_MS) return 0
  const wanted = windowMs / STEPS_IN_WINDOW
  return STEPS_MS.find((step) => step >= wanted) ?? Math.ceil(wanted / 86_400_000) * 86_400_000
}

/** Losses that are remembered: more than a window of samples has without being mostly holes. */
const LOSSES = 32

interface Row {
  readonly at: number
  /** How far away the next row is when nothing is missing; 0 marks a row that stands for a hole. */
  readonly intervalMs: number
  /** For each series its value, or mean, lowest and highest of its step. */
  readonly values: readonly number[]
}

/** What charts draw: columns of equal length, oldest first. */
export interface Columns {
  readonly at: Float64Array
  readonly values: readonly Float64Array[]
  readonly low: readonly Float64Array[]
  readonly high: readonly Float64Array[]
  readonly intervalMs: number
}

/** Columns of the ring before those of the series. */
const AT = 0
const INTERVAL = 1
const FIRST = 2

export class SeriesTrack {
  readonly units: Unit[]
  /** Samples that came live, since the beginning. */
  samples = 0
  /** History is known from here on; `undefined` before it was read. */
  filledFrom: number | undefined
  readonly #ring: Ring
  readonly #width: number
  /** When the connection was lost, oldest first. */
  #losses: number[] = []
  /** How many samples the newest step has, for each series; unknown where it came as history. */
  #counts: number[] | undefined

  constructor(
    readonly names: readonly string[],
    readonly stepMs: number,
    rows = stepMs > 0 ? STEPS_IN_WINDOW : RAW_WINDOW_MS / SHORTEST_INTERVAL_MS,
  ) {
    this.#width = stepMs > 0 ? 3 : 1
    // At most every other row is followed by one that stands for a hole.
    this.#ring = new Ring(2 * Math.max(rows, 1), FIRST + names.length * this.#width)
    this.units = names.map(() => 'number')
  }

  /** The time of the newest sample or step. */
  get newest(): number | undefined {
    const at = this.#ring.view(AT)
    const intervals = this.#ring.view(INTERVAL)
    for (let i = at.length - 1; i >= 0; i--) if (intervals[i] !== 0) return at[i]
    return undefined
  }

  get intervalMs(): number {
    return this.#ring.view(INTERVAL).at(-1) ?? SHORTEST_INTERVAL_MS
  }

  /** A sample as it came. One that is not newer than the newest is known already. */
  feed(at: number, values: readonly number[], intervalMs: number): void {
    const newest = this.newest
    if (this.stepMs === 0) {
      if (newest !== undefined && at <= newest) return
      this.#append({ at, intervalMs, values })
    } else {
      const start = at - (at % this.stepMs)
      if (newest !== undefined && start < newest) return
      if (newest === start) this.#amendStep(values, (at - start) / intervalMs)
      else {
        this.#counts = values.map((value) => (Number.isNaN(value) ? 0 : 1))
        const spread = values.flatMap((value) => [value, value, value])
        this.#append({ at: start, intervalMs: this.#stepInterval(intervalMs), values: spread })
      }
    }
    this.samples += 1
  }

  /**
   * Puts history where it belongs, by time; where both know a time, what came live stays. Returns how
   * much of the time since `after` it covers, in milliseconds.
   */
  fill(answer: SeriesAnswer, after = -Infinity): number {
    const rows = new Map<number, Row>()
    const history = this.#rowsOf(answer)
    for (const row of history) rows.set(row.at, row)
    for (const row of this.#rows()) if (row.intervalMs !== 0) rows.set(row.at, row)
    const newest = this.newest
    this.#ring.clear()
    for (const row of [...rows.values()].sort((a, b) => a.at - b.at)) this.#append(row)
    if (this.newest !== newest) this.#counts = undefined
    this.filledFrom = Math.min(this.filledFrom ?? Infinity, answer.from)
    return covered(history.filter((row) => row.at > after))
  }

  /**
   * The connection is lost. What comes next has to come as soon as before, or there is a hole: a server
   * that starts anew speaks seldom at first, and an outage must not pass for that.
   */
  lose(at: number): void {
    this.#losses = [...this.#losses, Math.max(at, this.newest ?? at)].slice(-LOSSES)
  }

  /** Whether anything is missing after a time. */
  hasHoleAfter(at: number): boolean {
    return this.#rows().some((row) => row.intervalMs === 0 && row.at > at)
  }

  /** Rows of a window; a few older ones, so that a line comes in at the left edge. */
  columns(from: number, to: number): Columns {
    const at = this.#ring.view(AT)
    const intervals = this.#ring.view(INTERVAL)
    let intervalMs = SHORTEST_INTERVAL_MS
    let end = at.length
    while (end > 0 && (at[end - 1] ?? 0) > to) end -= 1
    let begin = end
    while (begin > 0) {
      const interval = intervals[begin - 1] ?? 0
      if ((at[begin - 1] ?? 0) < from - 2 * Math.max(interval, intervalMs)) break
      intervalMs = Math.max(intervalMs, interval)
      begin -= 1
    }
    const column = (series: number, part: number) =>
      this.#ring
        .view(FIRST + series * this.#width + (this.#width > 1 ? part : 0))
        .subarray(begin, end)
    const each = (part: number) => this.names.map((_, series) => column(series, part))
    return { at: at.subarray(begin, end), values: each(0), low: each(1), high: each(2), intervalMs }
  }

  #append(row: Row): void {
    const before = this.newest
    const beforeMs = this.intervalMs
    const lost = this.#losses.some((at) => before !== undefined && before <= at && at < row.at)
    const apart = lost ? Math.min(beforeMs, row.intervalMs) : Math.max(beforeMs, row.intervalMs)
    if (before !== undefined && row.at - before > HOLE_INTERVALS * apart) {
      const nothing = row.values.map(() => NaN)
      this.#ring.push([Math.min(before + apart, row.at - 1), 0, ...nothing])
    }
    this.#ring.push([row.at, row.intervalMs, ...row.values])
  }

  /** `past`: how many samples the step should have had before, where nobody counted them. */
  #amendStep(values: readonly number[], past: number): void {
    const [row] = this.#rows(this.#ring.length - 1)
    if (!row) return
    const counts = (this.#counts ??= values.map((_, i) =>
      Number.isNaN(row.values[3 * i]) ? 0 : Math.max(1, Math.round(past)),
    ))
    const amended = values.flatMap((value, i) => {
      const [mean = NaN, low = NaN, high = NaN] = row.values.slice(3 * i, 3 * i + 3)
      const count = counts[i] ?? 0
      if (Number.isNaN(value)) return [mean, low, high]
      counts[i] = count + 1
      if (count === 0) return [value, value, value]
      return [mean + (value - mean) / (count + 1), Math.min(low, value), Math.max(high, value)]
    })
    this.#ring.amend([row.at, row.intervalMs, ...amended])
  }

  #rows(begin = 0): Row[] {
    const columns = Array.from({ length: this.names.length * this.#width }, (_, i) =>
      this.#ring.view(FIRST + i),
    )
    const intervals = this.#ring.view(INTERVAL)
    return Array.from(this.#ring.view(AT).subarray(begin), (at, i) => ({
      at,
      intervalMs: intervals[begin + i] ?? 0,
      values: columns.map((column) => column[begin + i] ?? NaN),
    }))
  }

  /** The columns of an answer, each with times of its own, as rows. */
  #rowsOf(answer: SeriesAnswer): Row[] {
    const rows = new Map<number, number[]>()
    let intervalMs = 0
    this.names.forEach((name, series) => {
      const found = answer.series.find((one) => one.name === name)
      if (!found) return
      this.units[series] = found.unit
      intervalMs = Math.max(intervalMs, found.interval_ms)
      found.at_ms.forEach((at, i) => {
        const values = rows.get(at) ?? Array<number>(this.names.length * this.#width).fill(NaN)
        const parts = [found.mean[i], found.min[i], found.max[i]]
        for (let part = 0; part < this.#width; part++) {
          values[series * this.#width + part] = parts[part] ?? NaN
        }
        rows.set(at, values)
      })
    })
    const apart = this.#stepInterval(intervalMs || SHORTEST_INTERVAL_MS)
    return [...rows]
      .sort(([a], [b]) => a - b)
      .map(([at, values]) => ({ at, intervalMs: apart, values }))
  }

  /** Steps are as far apart as samples, in whole steps. */
  #stepInterval(intervalMs: number): number {
    return this.stepMs === 0 ? intervalMs : Math.ceil(intervalMs / this.stepMs) * this.stepMs
  }
}

/** How much time some rows stand for. */
function covered(rows: readonly Row[]): number {
  let sum = 0
  rows.forEach((row, i) => {
    const next = rows[i + 1]
    const apart = next ? next.at - row.at : row.intervalMs
    sum += apart > HOLE_INTERVALS * row.intervalMs ? row.intervalMs : apart
  })
  return sum
}

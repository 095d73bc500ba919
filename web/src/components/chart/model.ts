/** What a chart shows: columns that share their times, and how to write their values. */

import { time } from '../../format/format'
import type { Unit } from '../../live'
import type { Token } from './colours'
import { highestOf, niceTop, percentTop } from './scale'

export interface Line {
  readonly label: string
  readonly colour: Token
  /** Dashes, in pixels; from the fifth line on colour alone is too little. */
  readonly dash?: readonly number[]
  /** Whether diamonds stand on it, as on all that is estimated. */
  readonly diamonds?: boolean
  /** What its numbers are, before they are written for people. */
  readonly unit?: Unit | undefined
}

export interface Columns {
  /** Epoch milliseconds, oldest first. */
  readonly at: Float64Array
  /** One per line, as long as `at`; NaN where nothing is known. */
  readonly values: readonly Float64Array[]
  /** Extremes around the first line, where rows are means of steps. */
  readonly band?: { readonly low: Float64Array; readonly high: Float64Array } | undefined
  /** How far apart rows are when nothing is missing. */
  readonly intervalMs: number
}

/** How an axis ends: a share of something, or an amount with the least that fills the height. */
export type Scale =
  | { readonly kind: 'percent'; readonly full?: boolean }
  | { readonly kind: 'amount'; readonly least: number }
  /** The whole of something, such as all memory; from a bottom other than zero where all lies above it. */
  | { readonly kind: 'whole'; readonly top: number; readonly bottom?: number }

export interface ChartModel {
  readonly title: string
  /** The host that it is about. */
  readonly source?: string | undefined
  readonly lines: readonly Line[]
  readonly columns: Columns
  readonly fromMs: number
  readonly toMs: number
  readonly scale: Scale
  /** Whether the newest row is the present. */
  readonly live: boolean
  readonly stacked?: boolean
  /** Whether it is normal that there is no value, such as a latency without requests: no gap then. */
  readonly sparse?: boolean
  /** Whether it only speaks when something changes: what lies between is no gap either. */
  readonly unhatched?: boolean
  /** Whether the axis goes in powers of ten, where values are above zero. */
  readonly logarithmic?: boolean
  readonly format: (value: number | undefined) => string
}

/** Where each line stands when they are stacked: the sum of those before it and itself. */
export function stack(values: readonly Float64Array[]): Float64Array[] {
  let below: Float64Array | undefined
  return values.map((column) => {
    const under = below
    const here = column.map((value, i) => value + (under?.[i] ?? 0))
    below = here
    return here
  })
}

export function topOf(scale: Scale, drawn: readonly Iterable<number>[]): number {
  if (scale.kind === 'whole') return scale.top
  if (scale.kind === 'amount') return niceTop(highestOf(drawn) * 1.05, scale.least)
  return scale.full === true ? 100 : percentTop(highestOf(drawn))
}

/** Where an axis begins: at zero, so that heights compare, unless its scale says otherwise. */
export function bottomOf(scale: Scale): number {
  return scale.kind === 'whole' ? (scale.bottom ?? 0) : 0
}

/** Whether a stretch without values is one that nobody knows. */
export function hasGaps({ sparse, unhatched }: ChartModel): boolean {
  return sparse !== true && unhatched !== true
}

/** The row whose time is nearest. */
export function nearestRow(at: ArrayLike<number>, ms: number): number | undefined {
  if (at.length === 0) return undefined
  let low = 0
  let high = at.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((at[middle] ?? 0) < ms) low = middle + 1
    else high = middle
  }
  const before = at[low - 1]
  return before !== undefined && ms - before < (at[low] ?? 0) - ms ? low - 1 : low
}

/** Which row a chart's numbers are of: the one that is pointed at, or the newest; and its name. */
export function readingOf(
  model: ChartModel,
  atMs: number | undefined,
): { row: number; when: string } {
  const { at } = model.columns
  const row = atMs === undefined ? at.length - 1 : (nearestRow(at, atMs) ?? -1)
  return { row, when: atMs === undefined && model.live ? 'now' : time(at[row]) }
}

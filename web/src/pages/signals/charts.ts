/**
 * charts: how a number of a users' own signal is drawn, and how it is named where it is pinned. Nothing is
 * known of it but its name: the axis follows what it was. Plain functions.
 */

import type { ChartModel, Scale } from '../../components/chart/model'
import { seriesName } from '../../live'
import type { ChartSpec } from '../host-parts/use-chart'
import { titleOf } from './names'
import { formatOf } from './values'

export function chartOf(topic: string, path: readonly string[]): ChartSpec {
  const label = path.join(' / ')
  return {
    title: label,
    lines: [{ label: path.at(-1) ?? label, names: [seriesName(topic, ...path)] }],
    scale: { kind: 'amount', least: 0 },
    format: formatOf(path.at(-1) ?? ''),
  }
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return ([1, 2, 5].find((factor) => wanted <= factor * power * 1.000001) ?? 10) * power
}

/**
 * From zero, so that heights compare; except where values are below it, or move so little far above it
 * that nothing would be seen.
 */
export function scaleOf(values: Iterable<number>): Scale {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    if (value < low) low = value
    if (value > high) high = value
  }
  if (low > high || (low >= 0 && low < 0.7 * high)) return { kind: 'amount', least: 0 }
  if (low === 0 && high === 0) return { kind: 'amount', least: 1 }
  const span = high - low || Math.abs(high) * 0.2
  const step = niceStep(span / 3)
  const bottom = Math.floor((low - span * 0.1) / step) * step
  const top = Math.ceil((high + span * 0.1) / step) * step
  return { kind: 'whole', top, bottom: low >= 0 ? Math.max(0, bottom) : bottom }
}

/**
 * A state stands until it is published again: where its source was quiet for long (a row of NaN), the last
 * value goes on until the next one, in a step and not in a slope that nobody measured.
 */
export function held(model: ChartModel): ChartModel {
  const [values = new Float64Array()] = model.columns.values
  const [at, column] = [model.columns.at.slice(), values.slice()]
  for (let i = 1; i < column.length - 1; i++) {
    if (!Number.isNaN(column[i])) continue
    column[i] = column[i - 1] ?? Number.NaN
    at[i] = Math.max(at[i] ?? 0, (at[i + 1] ?? 0) - 1)
  }
  return { ...model, columns: { ...model.columns, at, values: [column], band: undefined } }
}

/** The chart of a state's number with the axis that fits what it shows. */
export function fitted(model: ChartModel): ChartModel {
  const standing = held(model)
  const [values = new Float64Array()] = standing.columns.values
  return { ...standing, scale: scaleOf(values), source: undefined, unhatched: true }
}

/** What settings hold of a pinned chart: a topic holds no `#`, and an encoded key none either. */
export function pinText(topic: string, path: readonly string[]): string {
  return `${topic}#${path.map(encodeURIComponent).join('/')}`
}

export interface PinnedNumber {
  readonly topic: string
  readonly path: readonly string[]
}

/** Nothing for a pin of something else. */
export function readPin(text: string): PinnedNumber | undefined {
  const [topic = '', path = '', ...more] = text.split('#')
  if (!topic.startsWith('app/') || path === '' || more.length > 0) return undefined
  try {
    return { topic, path: path.split('/').map(decodeURIComponent) }
  } catch {
    return undefined
  }
}

export const pinTitle = (topic: string, path: readonly string[]): string =>
  `${path.join(' / ')} of ${titleOf(topic)}`

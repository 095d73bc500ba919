/**
 * use-chart: from the names of series to what a chart draws. A line may be the sum of several series
 * of its topic (all disks, all interfaces); where rows are means of steps, a single line keeps its
 * extremes, so that a peak of a second is still seen in a day.
 */

import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import { type Token, seriesToken } from '../../components/chart/colours'
import { dashOf } from '../../components/chart/dashes'
import type { ChartModel, Columns, Line, Scale } from '../../components/chart/model'
import { type SeriesView, type TimeRange, useSeries, useTimeRange } from '../../live'
import { sumColumns } from '../../status/totals'

export interface LineSpec {
  readonly label: string
  /** Series of one topic; more than one are added up. */
  readonly names: readonly string[]
  readonly colour?: Token
  /** Dashed with diamonds, as all that is not counted. */
  readonly estimated?: boolean
}

export interface ChartSpec {
  readonly title: string
  readonly lines: readonly LineSpec[]
  readonly scale: Scale
  readonly stacked?: boolean
  readonly sparse?: boolean
  readonly format: (value: number | undefined) => string
}

/** From the fifth line on, colour alone is too little. */
const [COLOURS, ALIKE] = [8, 4]

function lineOf(spec: LineSpec, index: number, stacked: boolean, view: SeriesView): Line {
  const dash = stacked ? undefined : dashOf(Math.max(0, (index % COLOURS) - ALIKE + 1))
  return {
    label: spec.label,
    colour: spec.colour ?? seriesToken(index),
    unit: view.units[view.names.indexOf(spec.names[0] ?? '')],
    ...(dash ? { dash } : {}),
    ...(spec.estimated === true ? { colour: 'est', dash: [6, 4], diamonds: true } : {}),
  }
}

export function columnsOf(view: SeriesView, lines: readonly LineSpec[]): Columns {
  const column = (from: readonly Float64Array[], name: string): Float64Array | undefined =>
    from[view.names.indexOf(name)]
  const values = lines.map(({ names }) => {
    const [only, ...others] = names
    const single = only === undefined || others.length > 0 ? undefined : column(view.values, only)
    const parts = names.flatMap((name) => column(view.values, name) ?? [])
    return single ?? sumColumns(parts, view.at.length)
  })
  const name = lines[0]?.names[0]
  const single = lines.length === 1 && lines[0]?.names.length === 1 && name !== undefined
  const [low, high] = single ? [column(view.low, name), column(view.high, name)] : []
  const band = view.stepMs > 0 && low && high ? { low, high } : undefined
  return { at: view.at, values, intervalMs: view.intervalMs, band }
}

export function useChart(spec: MaybeRefOrGetter<ChartSpec>, range?: MaybeRefOrGetter<TimeRange>) {
  const names = computed(() => toValue(spec).lines.flatMap((line) => line.names))
  const time = useTimeRange()
  const series = useSeries(names, range)
  const { view, state } = series
  const model = computed<ChartModel>(() => {
    const { title, lines, scale, stacked, sparse, format } = toValue(spec)
    return {
      title,
      source: names.value[0]?.split('/')[1],
      lines: lines.map((line, i) => lineOf(line, i, stacked === true, view.value)),
      columns: columnsOf(view.value, lines),
      fromMs: view.value.from,
      toMs: view.value.to,
      scale,
      live: time.range.is === 'live' && time.pausedAt === undefined,
      stacked: stacked === true,
      sparse: sparse === true,
      format,
    }
  })
  return { model, state, retry: () => series.retry() }
}

export type Chart = ReturnType<typeof useChart>

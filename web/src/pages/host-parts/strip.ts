/** What a tile's strip shows of a chart: its first line, over two minutes. */

import { computed } from 'vue'
import { topOf } from '../../components/chart/model'
import type { Strip } from '../../components/chart/strip'
import { useMedia } from '../../components/use-media'
import { useConnection, useHeld, useTimeRange } from '../../live'
import { type Chart, type ChartSpec, useChart } from './use-chart'

const STRIP_MS = 120_000

function stripOf({ model }: Chart): Strip | undefined {
  const { columns, scale, format } = model.value
  const [values] = columns.values
  if (!values || columns.at.length < 2) return undefined
  const top = topOf(scale, [values])
  return {
    at: columns.at,
    values,
    intervalMs: columns.intervalMs,
    spanMs: STRIP_MS,
    top,
    topText: format(top).replace(/\.0+(?=\D|$)/, ''),
  }
}

/** Strips of some charts, and whether they stand still: saving, paused, or less motion wanted. */
export function useStrips<K extends string>(specs: Record<K, () => ChartSpec>) {
  const time = useTimeRange()
  const { saver } = useConnection()
  const reduced = useMedia('(prefers-reduced-motion: reduce)')
  const range = { is: 'live', windowMs: STRIP_MS } as const
  const charts = (Object.keys(specs) as K[]).map(
    (name) => [name, useChart(specs[name], range)] as const,
  )
  const strips = computed(() => new Map(charts.map(([name, chart]) => [name, stripOf(chart)])))
  const still = computed(() => reduced.value || saver.value || time.pausedAt !== undefined)
  return { strips: useHeld(strips), still }
}

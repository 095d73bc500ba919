/** What a tile's strip shows of a chart: its first line, over two minutes. */

import { topOf } from '../../components/chart/model'
import type { Strip } from '../../components/chart/strip'
import type { Chart } from './use-chart'

export const STRIP_MS = 120_000

export function stripOf({ model }: Chart): Strip | undefined {
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

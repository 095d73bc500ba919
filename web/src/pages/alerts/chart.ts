/**
 * chart: the series of an alert with the time in which it was broken marked, and the level it was held
 * against. Enters: the chart of the series. Leaves: the same with the stretch as a line of its own.
 */

import type { Alert } from '@bellwether/client'
import type { ChartModel } from '../../components/chart/model'
import { highestOf } from '../../components/chart/scale'
import { held, scaleOf } from '../signals/charts'

/** What was said last stands while the alert fires and its source speaks. */
function standing({ columns, toMs }: ChartModel, alert: Alert): [Float64Array, Float64Array] {
  const { at, values } = columns
  const column = values[0] ?? new Float64Array()
  const [lastAt, last] = [at.at(-1), column.at(-1)]
  const stands = alert.state === 'firing' && alert.silent_since_at_ms === undefined
  if (!stands || lastAt === undefined || last === undefined || lastAt >= toMs) return [at, column]
  return [Float64Array.of(...at, toMs), Float64Array.of(...column, last)]
}

export function marked(given: ChartModel, alert: Alert): ChartModel {
  const model = alert.metric?.startsWith('app/') === true ? held(given) : given
  const [at, values] = standing(model, alert)
  const [from, to] = [alert.since_at_ms, alert.resolved_at_ms ?? Infinity]
  const during = values.map((value, i) => {
    const when = at[i] ?? Number.NaN
    return when >= from && when <= to ? value : Number.NaN
  })
  const colour = alert.severity === 'critical' ? ('crit' as const) : ('warn' as const)
  const level = alert.threshold
  const lines = [
    ...model.lines,
    {
      label: alert.resolved_at_ms === undefined ? 'since it is wrong' : 'while it was wrong',
      colour,
    },
    ...(level === undefined
      ? []
      : [{ label: 'level', colour: 'off' as const, dash: [2, 4] as const }]),
  ]
  const across = level === undefined ? [] : [new Float64Array(at.length).fill(level)]
  const known = [...values].filter((value) => !Number.isNaN(value))
  const shown = level === undefined ? known : [...known, level]
  return {
    ...model,
    lines,
    columns: { ...model.columns, at, band: undefined, values: [values, during, ...across] },
    scale:
      model.scale.kind === 'percent' && highestOf([shown]) <= 100 ? model.scale : scaleOf(shown),
    unhatched: true,
  }
}

/**
 * chart: the series of an alert with the time in which it was broken marked, and the level it was held
 * against. Enters: the chart of the series. Leaves: the same with the stretch as a line of its own.
 */

import type { Alert } from '@bellwether/client'
import type { ChartModel } from '../../components/chart/model'
import { highestOf } from '../../components/chart/scale'
import { scaleOf } from '../signals/charts'

export function marked(model: ChartModel, alert: Alert): ChartModel {
  const [values = new Float64Array()] = model.columns.values
  const { at } = model.columns
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
  const held = level === undefined ? known : [...known, level]
  return {
    ...model,
    lines,
    columns: { ...model.columns, band: undefined, values: [values, during, ...across] },
    scale: model.scale.kind === 'percent' && highestOf([held]) <= 100 ? model.scale : scaleOf(held),
    unhatched: true,
  }
}

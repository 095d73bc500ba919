/**
 * charts: how a version did over time: accuracy, what it is asked, how long it takes. Enters: columns of
 * its metrics. Leaves: what to draw. What is counted is a full line with the band that it can lie in;
 * what is estimated is dashed, with diamonds; limits are thin lines across.
 */

import type { ChartModel, Columns, Line, Scale } from '../../../components/chart/model'
import * as format from '../../../format/format'
import { type SeriesView, seriesName } from '../../../live'
import type { ChartSpec } from '../../host-parts/use-chart'
import type { Thresholds } from '../../model-parts/answers'
import { WINDOW, perMinute, plainNumber, wilson } from '../../model-parts/words'

/** As shipped; each model may have its own. */
export const SHIPPED = {
  accuracy_warning: 0.85,
  accuracy_critical: 0.8,
  response_warning_ms: 100,
  response_critical_ms: 200,
} as const

export function accuracyNames(id: string): string[] {
  const fields = ['accuracy', 'estimated_accuracy', 'labelled', 'estimated_low', 'estimated_high']
  return fields.map((field) => seriesName(`model/${id}/metrics`, field))
}

const isKnown = (value: number): boolean => !Number.isNaN(value)

/** From half of it where everything lies above: nobody reads 94 % from an axis that begins at none. */
export function accuracyScale(columns: readonly Float64Array[]): Scale {
  const lowest = columns.reduce(
    (least, column) => column.reduce((a, b) => (b < a ? b : a), least),
    100,
  )
  return { kind: 'whole', top: 100, bottom: lowest >= 52 ? 50 : 0 }
}

function bandOf(accuracy: Float64Array, labelled: Float64Array): Columns['band'] {
  const [low, high] = [accuracy.slice(), accuracy.slice()]
  accuracy.forEach((percent, i) => {
    const of = Math.min(WINDOW, labelled[i] ?? Number.NaN)
    const range = isKnown(percent) && of > 0 ? wilson(of, percent / 100) : undefined
    low[i] = range ? range.low * 100 : Number.NaN
    high[i] = range ? range.high * 100 : Number.NaN
  })
  return { low, high }
}

/** `view` holds the series of `accuracyNames`, in their order. */
export function accuracyModel(view: SeriesView, limits: Thresholds, live: boolean): ChartModel {
  const percent = (i: number): Float64Array =>
    (view.values[i] ?? new Float64Array()).map((value) => value * 100)
  const [counted, estimated] = [percent(0), percent(1)]
  const across = (value: number): Float64Array => new Float64Array(view.at.length).fill(value)
  const [warning, critical] = [
    (limits.accuracy_warning ?? SHIPPED.accuracy_warning) * 100,
    (limits.accuracy_critical ?? SHIPPED.accuracy_critical) * 100,
  ]
  const lines: { line: Line; values: Float64Array }[] = []
  const hasCounted = counted.some(isKnown)
  if (hasCounted || !estimated.some(isKnown))
    lines.push({ line: { label: 'labelled', colour: 'series-1' }, values: counted })
  if (estimated.some(isKnown))
    lines.push({
      line: { label: 'estimated', colour: 'est', dash: [6, 4], diamonds: true },
      values: estimated,
    })
  lines.push(
    { line: { label: 'warning below', colour: 'warn', dash: [2, 4] }, values: across(warning) },
    {
      line: { label: 'critical below', colour: 'crit', dash: [8, 3, 2, 3] },
      values: across(critical),
    },
  )
  const nothing = !hasCounted && !estimated.some(isKnown)
  return {
    title: 'Accuracy',
    lines: lines.map(({ line }) => line),
    columns: {
      at: nothing ? new Float64Array() : view.at,
      values: nothing ? lines.map(() => new Float64Array()) : lines.map(({ values }) => values),
      intervalMs: view.intervalMs,
      ...(nothing
        ? {}
        : {
            band: hasCounted
              ? bandOf(counted, view.values[2] ?? new Float64Array())
              : { low: percent(3), high: percent(4) },
          }),
    },
    fromMs: view.from,
    toMs: view.to,
    scale: accuracyScale([counted, estimated, across(critical)]),
    live,
    unhatched: true,
    format: format.percent,
  }
}

const metric = (id: string, field: string): string => seriesName(`model/${id}/metrics`, field)

export function rateChart(id: string): ChartSpec {
  return {
    title: 'Predictions per minute',
    lines: [{ label: 'predictions', names: [metric(id, 'predictions_per_minute')] }],
    scale: { kind: 'amount', least: 10 },
    format: perMinute,
  }
}

/** What a model of numbers is off by, in the unit of what it predicts. */
export function errorChart(id: string, target: string | undefined): ChartSpec {
  const line = (label: string, field: string) => ({ label, names: [metric(id, field)] })
  return {
    title: `Error${target === undefined ? '' : ` in ${target}`}, last ${String(WINDOW)} labelled`,
    lines: [
      line('RMSE', 'rmse'),
      line('MAE', 'mae'),
      { ...line('RMSE, estimated', 'estimated_rmse'), estimated: true },
    ],
    scale: { kind: 'amount', least: 0 },
    format: (value) => (value === undefined ? format.UNKNOWN : plainNumber(value)),
  }
}

export function responseChart(id: string): ChartSpec {
  const line = (label: string, field: string) => ({ label, names: [metric(id, field)] })
  return {
    title: 'Response time',
    lines: [
      line('p50', 'response_p50_ms'),
      line('p95', 'response_p95_ms'),
      line('p99', 'response_p99_ms'),
    ],
    scale: { kind: 'amount', least: 0.1 },
    format: format.latency,
  }
}

/**
 * versus: two versions as they do now, side by side, and whether the labels that came can tell them apart.
 * Plain functions of what their topics say.
 */

import type { ModelMetrics } from '@bellwether/client'
import * as format from '../../format/format'
import { interval, perMinute, plainNumber, share, wilson } from '../model-parts/words'

export interface VersusRow {
  readonly name: string
  readonly first: string
  readonly second: string
}

function accuracyText(metrics: ModelMetrics | undefined): string {
  if (metrics?.accuracy === undefined) return format.UNKNOWN
  const range = wilson(Math.min(100, metrics.labelled), metrics.accuracy)
  return `${share(metrics.accuracy)}${range ? ` (${interval(range)})` : ''}`
}

export function versusRows(a: ModelMetrics | undefined, b: ModelMetrics | undefined): VersusRow[] {
  const row = (name: string, of: (metrics: ModelMetrics | undefined) => string): VersusRow => ({
    name,
    first: of(a),
    second: of(b),
  })
  const number =
    (key: 'rmse' | 'r_squared' | 'f1' | 'roc_auc') => (one: ModelMetrics | undefined) =>
      one?.[key] === undefined ? format.UNKNOWN : plainNumber(one[key])
  const rows = [
    row('Accuracy, last 100 labelled', accuracyText),
    row('Accuracy, estimated', (one) => share(one?.estimated_accuracy)),
    row('F1', number('f1')),
    row('ROC AUC', number('roc_auc')),
    row('RMSE', number('rmse')),
    row('R²', number('r_squared')),
    row('Labelled', (one) => format.count(one?.labelled)),
    row('Predictions', (one) => format.count(one?.predictions)),
    row('Per minute', (one) => perMinute(one?.predictions_per_minute)),
    row('p50', (one) => format.latency(one?.response_p50_ms)),
    row('p95', (one) => format.latency(one?.response_p95_ms)),
  ]
  return rows.filter(({ first, second }) => first !== format.UNKNOWN || second !== format.UNKNOWN)
}

/** Whether one is better, beyond what chance does with so few labels. */
export function verdict(
  names: readonly [string, string],
  a: ModelMetrics | undefined,
  b: ModelMetrics | undefined,
): string {
  if (a?.accuracy === undefined || b?.accuracy === undefined)
    return 'Which is better is not known before both have labels.'
  const [one, other] = [a, b].map((metrics) =>
    wilson(Math.min(100, metrics.labelled), metrics.accuracy ?? 0),
  )
  if (!one || !other) return 'Which is better is not known before both have labels.'
  if (one.low <= other.high && other.low <= one.high)
    return 'The intervals overlap: with so few labels, which is better may be chance.'
  const [better, worse] = a.accuracy > b.accuracy ? names : [names[1], names[0]]
  return `${better} is better than ${worse}, beyond chance.`
}

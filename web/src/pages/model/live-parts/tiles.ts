/** What the tiles of a version say: value, status, and a line of context. A plain function. */

import type { ModelDrift, ModelMetrics } from '@bellwether/client'
import * as format from '../../../format/format'
import type { Status } from '../../../status/status'
import type { Estimate, Thresholds } from '../../model-parts/answers'
import {
  accuracyOf,
  accuracyTrend,
  interval,
  perMinute,
  plainNumber,
  rateTrend,
  share,
  wilson,
} from '../../model-parts/words'
import { SHIPPED } from './charts'

export interface ModelTile {
  readonly title: string
  readonly text: string
  readonly status: Status
  /** Instead of the status's own word. */
  readonly word?: string
  readonly note: string
  readonly strip?: 'rate' | 'p95'
}

interface Known {
  readonly metrics: ModelMetrics | undefined
  readonly drift: ModelDrift | undefined
  readonly estimate?: Estimate | undefined
  readonly thresholds?: Thresholds | undefined
  /** What it predicts: the unit of its errors. */
  readonly target?: string | undefined
}

export function tilesOf(known: Known): ModelTile[] {
  return [quality(known), rate(known), response(known), moved(known)]
}

function below(value: number, { thresholds }: Known): Status {
  if (value < (thresholds?.accuracy_critical ?? SHIPPED.accuracy_critical)) return 'crit'
  return value < (thresholds?.accuracy_warning ?? SHIPPED.accuracy_warning) ? 'warn' : 'ok'
}

function quality(known: Known): ModelTile {
  const { metrics, estimate } = known
  const accuracy = accuracyOf(metrics)
  switch (accuracy.kind) {
    case 'labelled': {
      const range = wilson(accuracy.of, accuracy.share)
      const trend = accuracyTrend(metrics?.accuracy_trend)
      const parts = [
        `Last ${format.count(accuracy.of)} labelled`,
        range ? interval(range) : '',
        trend?.word ?? '',
      ]
      return {
        title: 'Accuracy',
        text: share(accuracy.share),
        status: below(accuracy.share, known),
        note: parts.filter(Boolean).join(', '),
      }
    }
    case 'estimated': {
      const { low, high } = estimate ?? {}
      return {
        title: 'Accuracy, estimated',
        text: share(accuracy.share),
        status: 'unknown',
        word: 'Estimated',
        note:
          low !== undefined && high !== undefined
            ? `${interval({ low, high })}; no label yet`
            : 'From its confidence; no label yet',
      }
    }
    case 'none': {
      if (metrics?.rmse !== undefined)
        return {
          title: 'Error (RMSE)',
          text: plainNumber(metrics.rmse),
          status: 'unknown',
          word: 'Measured',
          note: [
            known.target === undefined ? '' : `in ${known.target}`,
            metrics.r_squared === undefined ? '' : `R² ${plainNumber(metrics.r_squared)}`,
            `last ${format.count(Math.min(100, metrics.labelled))} labelled`,
          ]
            .filter(Boolean)
            .join(', '),
        }
      return {
        title: 'Accuracy',
        text: format.UNKNOWN,
        status: 'unknown',
        word: 'No labels',
        note: 'Known once labels come',
      }
    }
  }
}

function rate({ metrics }: Known): ModelTile {
  const trend = rateTrend(metrics?.rate_trend)
  const asked = metrics && metrics.predictions > 0
  return {
    title: 'Predictions',
    text: perMinute(metrics?.predictions_per_minute),
    status: asked ? 'ok' : 'unknown',
    word: asked ? (trend ? `${trend.arrow} ${trend.word}` : 'Counted') : 'None yet',
    note: metrics ? `${format.count(metrics.predictions)} since it was registered` : '',
    strip: 'rate',
  }
}

function response({ metrics, thresholds }: Known): ModelTile {
  const p95 = metrics?.response_p95_ms
  const status: Status =
    p95 === undefined
      ? 'unknown'
      : p95 > (thresholds?.response_critical_ms ?? SHIPPED.response_critical_ms)
        ? 'crit'
        : p95 > (thresholds?.response_warning_ms ?? SHIPPED.response_warning_ms)
          ? 'warn'
          : 'ok'
  return {
    title: 'Response, p95',
    text: format.latency(p95),
    status,
    note: metrics
      ? `p50 ${format.latency(metrics.response_p50_ms)}, p99 ${format.latency(metrics.response_p99_ms)}`
      : '',
    strip: 'p95',
  }
}

function moved({ drift }: Known): ModelTile {
  const features = Object.entries(drift?.features ?? {})
  const drifted = features
    .filter(([, one]) => one.drifted)
    .sort(([, a], [, b]) => (b.importance ?? 0) - (a.importance ?? 0))
  const [first] = drifted
  const predicted = drift?.predicted?.drifted === true
  return {
    title: 'Drift',
    text: drift
      ? `${format.count(drifted.length)}${format.NBSP}of ${format.count(features.length)} columns`
      : format.UNKNOWN,
    status: !drift ? 'unknown' : drift.drifted ? 'warn' : 'ok',
    ...(drift ? {} : { word: 'Not compared yet' }),
    note: first
      ? `${first[0]} most: ${plainNumber(first[1].distance)}, limit ${plainNumber(first[1].threshold)}`
      : predicted
        ? 'What it says has moved'
        : drift
          ? `${format.count(drift.predictions)} predictions against training`
          : 'After enough predictions',
  }
}

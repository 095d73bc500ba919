/**
 * answer: one plain sentence that says how a version does, and the numbers behind it. Effect, number,
 * limit, how it is known. A plain function: what it says can be tested word by word.
 */

import type { ModelDrift, ModelMetrics, ModelStatus } from '@bellwether/client'
import * as format from '../../../format/format'
import type { Answer, Answers } from '../../../status/answer'
import { worse } from '../../../status/status'
import type { Estimate } from '../../model-parts/answers'
import { isInProduction, titleOf } from '../../model-parts/names'
import {
  accuracyOf,
  interval,
  perMinute,
  plainNumber,
  rateTrend,
  roughShare,
  share,
  statusOf,
  wilson,
} from '../../model-parts/words'

interface Known {
  readonly status: ModelStatus
  readonly metrics: ModelMetrics | undefined
  readonly drift: ModelDrift | undefined
  readonly estimate?: Estimate | undefined
}

/** What is said of quality, and how it is known. */
function quality({ status, metrics, estimate }: Known): string {
  const title = titleOf(status.model)
  const accuracy = accuracyOf(metrics)
  switch (accuracy.kind) {
    case 'labelled': {
      const range = wilson(accuracy.of, accuracy.share)
      const sure = range ? ` (${interval(range)})` : ''
      return `${title} was right in ${share(accuracy.share)} of the last ${format.count(accuracy.of)} labelled predictions${sure}.`
    }
    case 'estimated': {
      const { low, high } = estimate ?? {}
      const sure = low !== undefined && high !== undefined ? ` (${interval({ low, high })})` : ''
      return `${title} is estimated to be right in ${share(accuracy.share)}${sure}: no label has come yet.`
    }
    case 'none': {
      if (metrics?.r_squared !== undefined) {
        const error =
          metrics.rmse === undefined ? '' : `, errors of about ${plainNumber(metrics.rmse)}`
        return `${title} explains ${roughShare(Math.max(0, metrics.r_squared))} of the spread of the last ${format.count(Math.min(100, metrics.labelled))} labelled predictions${error}.`
      }
      if (metrics?.rmse !== undefined)
        return `${title} is off by about ${plainNumber(metrics.rmse)} in the labelled predictions.`
      return `${title} predicts; how well is not known before labels come.`
    }
  }
}

/** "42 / min, rising; p95 21 ms. Inputs are as in training." */
function detail({ metrics, drift }: Known): string {
  if (!metrics) return ''
  const trend = rateTrend(metrics.rate_trend)
  const parts = [
    `${perMinute(metrics.predictions_per_minute)}${trend ? `, ${trend.word}` : ''}`,
    metrics.response_p95_ms === undefined ? '' : `p95 ${format.latency(metrics.response_p95_ms)}`,
  ]
  const calm = drift && !drift.drifted ? ` ${drift.text}` : ''
  return `${parts.filter(Boolean).join('; ')}.${calm}`
}

/** The reasons of a health, less the one that is shown as what it is. */
function without(reasons: string | undefined, drift: string): string | undefined {
  return reasons
    ?.replace(`drift: ${drift.replace(/\.$/, '')}`, '')
    .split('; ')
    .filter(Boolean)
    .join('; ')
}

export function answersOf(known: Known): Answers {
  const { status, metrics, drift } = known
  const title = titleOf(status.model)
  if (status.state === 'error') {
    const sentence = `${title} cannot predict: ${status.error ?? 'its file could not be read.'}`
    return { shown: [{ status: 'crit', sentence, detail: '' }], more: 0 }
  }
  if (!metrics || metrics.predictions === 0) {
    const sentence = isInProduction(status)
      ? `${title} is in production and nobody has asked it yet.`
      : `${title} is not deployed, and nobody has asked it yet.`
    const how = 'Try it on the next tab, which also has the lines to ask it from a program.'
    return { shown: [{ status: 'unknown', sentence, detail: how }], more: 0 }
  }
  const moved: Answer[] =
    drift?.drifted === true ? [{ status: 'warn', sentence: drift.text, detail: '' }] : []
  const health = statusOf(status, metrics)
  const reasons = metrics.health === 'healthy' ? undefined : metrics.health_reason
  // Drift that makes the health worse is told once, as what it is.
  const told = drift?.drifted === true ? without(reasons, drift.text) : reasons
  const isDrift = told === ''
  const reason = told === '' ? undefined : told
  if (reason !== undefined) {
    const bad: Answer = {
      status: health,
      sentence: `${title}: ${reason.replace(/\.$/, '')}.`,
      detail: `${quality(known)} ${detail(known)}`,
    }
    return { shown: [bad, ...moved], more: 0 }
  }
  const calm: Answer = {
    status: worse('ok', isDrift ? 'ok' : health),
    sentence: quality(known),
    detail: detail(known),
  }
  return { shown: moved[0] ? [moved[0], calm] : [calm], more: 0 }
}

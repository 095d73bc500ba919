/** rows: each version as one line: how it does and why. Plain functions of what its topics say. */

import type { ModelDrift, ModelMetrics, ModelStatus } from '@bellwether/client'
import * as format from '../../format/format'
import { STATUS_WORD, type Status, worse, worstFirst } from '../../status/status'
import { isInProduction, splitId, titleOf } from '../model-parts/names'
import {
  type Accuracy,
  accuracyOf,
  perMinute,
  roughShare,
  stageOf,
  statusOf,
} from '../model-parts/words'

export interface ModelRow {
  /** The version's id. */
  readonly key: string
  readonly name: string
  readonly title: string
  readonly status: ModelStatus
  readonly metrics: ModelMetrics | undefined
  readonly drift: ModelDrift | undefined
  readonly stage: string
  readonly accuracy: Accuracy
  readonly health: Status
  readonly word: string
  /** What is not well; empty while all is. */
  readonly finding: string
}

export function rowOf(
  status: ModelStatus,
  metrics: ModelMetrics | undefined,
  drift: ModelDrift | undefined,
): ModelRow {
  const health = worse(statusOf(status, metrics), drift?.drifted === true ? 'warn' : 'ok')
  const finding =
    status.error ??
    (metrics && metrics.health !== 'healthy' ? metrics.health_reason : undefined) ??
    (drift?.drifted === true ? drift.text : '')
  const asked = (metrics?.predictions ?? 0) > 0
  return {
    key: status.model,
    name: splitId(status.model).name,
    title: titleOf(status.model),
    status,
    metrics,
    drift,
    stage: stageOf(status),
    accuracy: accuracyOf(metrics),
    health,
    word: health === 'unknown' && !asked ? 'Not asked yet' : STATUS_WORD[health],
    finding,
  }
}

/** Those that answer: in production, or with another use, or asked by their id. */
export function isInUse({ status, metrics }: ModelRow): boolean {
  return status.aliases.length > 0 || (metrics?.predictions_per_minute ?? 0) > 0
}

/** "churn v3 warns: accuracy is 81 %, below 85 %." or that all is well, and who is asked. */
export function overallOf(rows: readonly ModelRow[]): { sentence: string; detail: string } {
  const used = rows.filter(isInUse)
  // A version that nobody asks any more may be as bad as it was; one that is broken is told.
  const bad = rows
    .filter((row) => isInUse(row) || row.status.state === 'error')
    .filter(({ health }) => health === 'warn' || health === 'crit')
    .sort((a, b) => worstFirst(a.health, b.health))
  const production = rows.filter(({ status }) => isInProduction(status))
  const rate = rows.reduce((sum, { metrics }) => sum + (metrics?.predictions_per_minute ?? 0), 0)
  const estimated = used.filter(({ accuracy }) => accuracy.kind === 'estimated')
  const models = (n: number): string => `${format.count(n)} ${n === 1 ? 'model' : 'models'}`
  const running = [
    `${models(production.length)} in production, ${perMinute(rate)} predictions together.`,
    estimated.length > 0
      ? `Without labels, accuracy is an estimate: ${estimated.map(({ title }) => title).join(', ')}.`
      : '',
  ]
    .filter(Boolean)
    .join(' ')
  const [worst] = bad
  if (worst) {
    const what = worst.finding.replace(/\.$/, '') || `is ${worst.word.toLowerCase()}`
    const more = bad.length > 1 ? `${format.count(bad.length)} versions are not well. ` : ''
    return { sentence: `${worst.word} for ${worst.title}: ${what}.`, detail: more + running }
  }
  if (production.length === 0)
    return {
      sentence: 'No model is in production.',
      detail: 'A version answers by its name once it is deployed; by its id it answers before.',
    }
  const [only] = production
  const sentence =
    production.length === 1 && only
      ? `${only.title} is in production${saying(only)}.`
      : `All ${format.count(production.length)} models in production are well.`
  return { sentence, detail: running }
}

function saying({ accuracy, word, health }: ModelRow): string {
  if (accuracy.kind === 'none') return health === 'unknown' ? `, ${word.toLowerCase()}` : ''
  const much = roughShare(accuracy.share)
  return accuracy.kind === 'labelled'
    ? ` and right in ${much} of the last ${format.count(accuracy.of)} labelled predictions`
    : ` and estimated to be right in ${much}`
}

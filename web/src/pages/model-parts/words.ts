/**
 * words: what a version's figures are called and how they are written. Plain functions. A figure that is
 * estimated is never written like one that was counted.
 */

import type {
  AccuracyTrend,
  ModelHealth,
  ModelMetrics,
  ModelStatus,
  RateTrend,
} from '@bellwether/client'
import * as format from '../../format/format'
import { capitalised } from '../../format/sentence'
import type { Status } from '../../status/status'
import { isInProduction } from './names'

/** Labelled predictions that the accuracy is of. */
export const WINDOW = 100

export type Accuracy =
  | { readonly kind: 'labelled'; readonly share: number; readonly of: number }
  | { readonly kind: 'estimated'; readonly share: number }
  | { readonly kind: 'none' }

/** What is counted comes before what is estimated. */
export function accuracyOf(metrics: ModelMetrics | undefined): Accuracy {
  if (metrics?.accuracy !== undefined)
    return { kind: 'labelled', share: metrics.accuracy, of: Math.min(WINDOW, metrics.labelled) }
  if (metrics?.estimated_accuracy !== undefined)
    return { kind: 'estimated', share: metrics.estimated_accuracy }
  return { kind: 'none' }
}

/** "94.2 %" from 0.942. */
export function share(value: number | undefined | null): string {
  return value === undefined || value === null ? format.UNKNOWN : format.percent(value * 100)
}

export function roughShare(value: number | undefined): string {
  return value === undefined ? format.UNKNOWN : format.roughPercent(value * 100)
}

/**
 * Where the true share lies in 95 of 100 cases, for `share` of `of` tries. E. B. Wilson, "Probable
 * inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function wilson(of: number, value: number): { low: number; high: number } | undefined {
  if (of <= 0) return undefined
  const z2 = 1.959964 ** 2
  const centre = (value + z2 / (2 * of)) / (1 + z2 / of)
  const half =
    (Math.sqrt(z2) / (1 + z2 / of)) * Math.sqrt((value * (1 - value)) / of + z2 / (4 * of * of))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/** "89–98 %": an interval of shares. */
export function interval({ low, high }: { low: number; high: number }): string {
  return `${format.withDigits(low * 100, 0)}–${format.roughPercent(high * 100)}`
}

const HEALTH: Record<ModelHealth, Status> = { healthy: 'ok', warning: 'warn', critical: 'crit' }

/** Nothing is known of a version that nobody asked yet. */
export function statusOf(version: ModelStatus, metrics: ModelMetrics | undefined): Status {
  if (version.state === 'error') return 'crit'
  if (!metrics || metrics.predictions === 0) return 'unknown'
  return HEALTH[metrics.health]
}

/** What it is used as, in a word: "production", "candidate", "inactive". */
export function stageOf(version: ModelStatus): string {
  if (version.state === 'error') return 'error'
  if (isInProduction(version)) return 'production'
  if (version.aliases.length > 0) return version.aliases.join(', ')
  return version.state
}

interface Trend {
  readonly arrow: string
  readonly word: string
}

export function rateTrend(trend: RateTrend | undefined): Trend | undefined {
  const words: Record<RateTrend, Trend> = {
    increasing: { arrow: '↑', word: 'rising' },
    stable: { arrow: '→', word: 'steady' },
    decreasing: { arrow: '↓', word: 'falling' },
  }
  return trend && words[trend]
}

export function accuracyTrend(trend: AccuracyTrend | undefined): Trend | undefined {
  const words: Record<AccuracyTrend, Trend> = {
    improving: { arrow: '↑', word: 'improving' },
    stable: { arrow: '→', word: 'steady' },
    declining: { arrow: '↓', word: 'declining' },
  }
  return trend && words[trend]
}

/** "42 / min"; a rate below ten keeps its tenth. */
export function perMinute(value: number | undefined): string {
  if (value === undefined) return format.UNKNOWN
  return `${format.withDigits(value, value > 0 && value < 9.95 && value % 1 !== 0 ? 1 : 0)}${format.NBSP}/ min`
}

const SCORES: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy',
  balanced_accuracy: 'Balanced accuracy',
  f1: 'F1',
  f1_macro: 'F1, mean of classes',
  roc_auc: 'ROC AUC',
  log_loss: 'Log loss',
  brier: 'Brier score',
  precision: 'Precision',
  recall: 'Recall',
  r_squared: 'R²',
  rmse: 'RMSE',
  mae: 'MAE',
  cv_rmse: 'CV(RMSE)',
}

export function scoreName(key: string): string {
  return SCORES[key] ?? capitalised(key.replaceAll('_', ' '))
}

/** Whether less is better. */
export function isError(key: string): boolean {
  return /loss|brier|rmse|mae|mse|error|deviance/.test(key)
}

/** Which way is good, in words. */
export function directionOf(key: string): string {
  return isError(key) ? 'lower is better' : 'higher is better'
}

/** Whether it has the unit of what is predicted. */
export function isInTargetUnit(key: string): boolean {
  return key === 'rmse' || key === 'mae'
}

const SHARES = new Set([
  'accuracy',
  'balanced_accuracy',
  'f1',
  'f1_macro',
  'precision',
  'recall',
  'cv_rmse',
])

/** Shares as per cent, all else as a plain number. */
export function scoreText(key: string, value: number | undefined): string {
  if (value === undefined) return format.UNKNOWN
  return SHARES.has(key) ? share(value) : plainNumber(value)
}

/** Made once: making one takes longer than a hundred numbers. */
const plain = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 4 })

/** Four significant digits: "0.9431", "12.31", "48,120". */
export function plainNumber(value: number): string {
  return plain.format(value)
}

/** A value of a column or a prediction, for people. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'missing'
  if (typeof value === 'number') return plainNumber(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The measure that a task is first judged by. */
export function mainScore({ scores }: ModelStatus): { key: string; value: number } | undefined {
  for (const key of ['accuracy', 'r_squared', 'roc_auc', 'f1', 'rmse']) {
    const value = scores[key]
    if (value !== undefined) return { key, value }
  }
  const [first] = Object.entries(scores)
  return first && { key: first[0], value: first[1] }
}

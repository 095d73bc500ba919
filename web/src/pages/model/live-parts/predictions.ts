/**
 * predictions: the stream of a version's predictions as rows, newest first. Enters: what happened (at
 * once, without inputs) and what the log says (inputs, labels; a moment later). Leaves: one list in which
 * each prediction stands once. Plain functions.
 */

import type { LiveEvent } from '../../../live'
import type { Logged } from '../../model-parts/answers'
import { plainNumber, share, valueText } from '../../model-parts/words'

export interface PredictionRow {
  readonly key: string
  readonly at: number
  /** Absent until the log has said. */
  readonly inputs?: Readonly<Record<string, unknown>> | undefined
  readonly result: unknown
  readonly confidence?: number | undefined
  readonly responseMs?: number | undefined
  readonly label?: unknown
}

/** Rows that are kept on the page; all others are in the log. */
export const SHOWN = 50

function timeOf(at: number | string): number {
  return typeof at === 'number' ? at : Date.parse(at)
}

function ofLog(one: Logged): PredictionRow {
  return {
    key: one.id,
    at: timeOf(one.at),
    inputs: one.inputs,
    result: one.prediction,
    confidence: one.confidence ?? undefined,
    responseMs: one.response_ms,
    ...(one.label === undefined || one.label === null ? {} : { label: one.label }),
  }
}

export function rowsOf(
  events: readonly LiveEvent<`model/${string}/predictions`>[],
  logged: readonly Logged[],
): PredictionRow[] {
  const rows = new Map<string, PredictionRow>()
  for (const event of events) {
    if (event.is !== 'event') continue
    const { id, at_ms: at, result, confidence, response_ms: responseMs } = event.data
    rows.set(id, { key: id, at, result, confidence, responseMs })
  }
  // The log knows more of each, and those that were sampled away.
  for (const one of logged) rows.set(one.id, ofLog(one))
  // Ids sort by time, also within a millisecond.
  return [...rows.values()].sort((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1)).slice(0, SHOWN)
}

/** "showing 1 in 5, all are stored", where only some of them are told. */
export function sampling(events: readonly LiveEvent<`model/${string}/predictions`>[]): string {
  const [newest] = events
  const lost = newest?.is === 'gap'
  const each = newest?.is === 'event' ? (newest.data.stands_for ?? 1) : 1
  if (each > 1) return `Showing 1 in ${plainNumber(each)}, all are stored`
  return lost ? 'Some passed too quickly to be shown, all are stored' : ''
}

const SUMMED_UP = 3

/** "tenure 12, plan basic, fee 29.9 and 4 more". */
export function inputText(inputs: Readonly<Record<string, unknown>> | undefined): string {
  if (!inputs) return '…'
  const parts = Object.entries(inputs).map(([name, value]) => `${name} ${valueText(value)}`)
  const rest = parts.length - SUMMED_UP
  return rest > 1
    ? `${parts.slice(0, SUMMED_UP).join(', ')} and ${String(rest)} more`
    : parts.join(', ')
}

/** Whether a label says that the prediction was right; of numbers nobody can say that. */
export function isRight({ result, label }: PredictionRow): boolean | undefined {
  if (label === undefined || typeof result === 'number') return undefined
  return valueText(label) === valueText(result)
}

export function confidenceText({ confidence }: PredictionRow): string {
  return share(confidence)
}

/** What somebody typed as a label: a number where numbers are predicted, else text. */
export function readLabel(text: string, sample: unknown): unknown {
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  if (typeof sample !== 'number') return trimmed
  const number = Number(trimmed.replace(',', '.'))
  return Number.isFinite(number) ? number : undefined
}

/**
 * predictions: the stream of a version's predictions as rows, newest first. Enters: what happened, and what
 * the log says (long inputs, labels, those that were not told). Leaves: one list in which each prediction
 * stands once. Plain functions.
 */

import type { LiveEvent } from '../../../live'
import type { Logged } from '../../model-parts/answers'
import { plainNumber, share, valueText } from '../../model-parts/words'

export interface PredictionRow {
  readonly key: string
  readonly at: number
  /** Absent where they are long, until the log has said. */
  readonly inputs?: Readonly<Record<string, unknown>> | undefined
  /** In short. */
  readonly asked: string
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

type Told = LiveEvent<`model/${string}/predictions`>

function ofLog(one: Logged): PredictionRow {
  return {
    key: one.id,
    at: timeOf(one.at),
    inputs: one.inputs,
    asked: inputText(one.inputs),
    result: one.prediction,
    confidence: one.confidence ?? undefined,
    responseMs: one.response_ms,
    ...(one.label === undefined || one.label === null ? {} : { label: one.label }),
  }
}

function ofEvent({ data }: Told & { is: 'event' }): PredictionRow {
  const { id, at_ms: at, inputs, result, confidence, response_ms: responseMs } = data
  return { key: id, at, inputs, asked: inputText(inputs), result, confidence, responseMs }
}

/** Each is made once, however often the list is: hundreds may come in a second. */
const made = new WeakMap<object, PredictionRow>()

function once<T extends object>(source: T, make: (source: T) => PredictionRow): PredictionRow {
  const known = made.get(source)
  if (known) return known
  const row = make(source)
  made.set(source, row)
  return row
}

export function rowsOf(events: readonly Told[], logged: readonly Logged[]): PredictionRow[] {
  const rows = new Map<string, PredictionRow>()
  for (const event of events) {
    if (event.is !== 'event') continue
    const row = once(event, ofEvent)
    rows.set(row.key, row)
  }
  // The log knows more of each.
  for (const one of logged) rows.set(one.id, once(one, ofLog))
  // Ids sort by time, also within a millisecond.
  return [...rows.values()].sort((a, b) => b.at - a.at || (a.key < b.key ? 1 : -1)).slice(0, SHOWN)
}

/** Whether it stands for others too: they come so fast that nobody reads them. */
export const isSample = (event: Told | undefined): boolean =>
  event?.is === 'event' && event.data.stands_for !== undefined

/** Whether the log knows more: predictions that were not told, or what one was asked. */
export function isPart(events: readonly Told[], logged: readonly Logged[]): boolean {
  const readTo = logged[0] ? timeOf(logged[0].at) : 0
  return events.some((event) =>
    event.is === 'gap'
      ? event === events[0]
      : event.data.at_ms > readTo && (isSample(event) || event.data.inputs === undefined),
  )
}

/** "Showing 1 in 5, all are stored", where only some of them are told. */
export function sampling(events: readonly Told[]): string {
  const told = events.flatMap((event) => (event.is === 'event' ? [event.data.stands_for ?? 1] : []))
  const made = told.reduce((sum, each) => sum + each, 0)
  const each = Math.round(made / Math.max(1, told.length))
  if (each > 1) return `Showing 1 in ${plainNumber(each)}, all are stored`
  return events[0]?.is === 'gap' ? 'Some passed too quickly to be shown, all are stored' : ''
}

const SUMMED_UP = 3

/** "tenure 12, plan basic, fee 29.9 and 4 more". */
export function inputText(inputs: Readonly<Record<string, unknown>> | undefined): string {
  if (!inputs) return '…'
  const names = Object.keys(inputs)
  const rest = names.length - SUMMED_UP
  const said = rest > 1 ? names.slice(0, SUMMED_UP) : names
  const text = said.map((name) => `${name} ${valueText(inputs[name])}`).join(', ')
  return rest > 1 ? `${text} and ${String(rest)} more` : text
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

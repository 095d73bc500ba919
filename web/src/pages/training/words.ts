/** words: what datasets and trainings are called on the page. Plain functions of what the server says. */

import type {
  ColumnKind,
  ColumnProfile,
  DatasetUpload,
  Task,
  TrainingState,
  TrainingStep,
} from '@bellwether/client'
import { bytes, bytesPerSecond, count, duration, latency } from '../../format/format'
import { plainNumber } from '../model-parts/words'
import { type Upload, isOnItsWay } from './uploads'

export const KIND_WORD: Record<ColumnKind, string> = {
  number: 'Number',
  category: 'Category',
  boolean: 'Yes or no',
  date: 'Date',
  text: 'Text',
  id: 'Identifier',
  constant: 'Constant',
  empty: 'Empty',
}

export const TASK_WORD: Record<Task, string> = {
  automatic: 'As the target is',
  classification: 'Says which class',
  regression: 'Says how much',
  baseline: 'Baseline',
  forecast: 'Forecast',
}

export const STATE_WORD: Record<TrainingState, string> = {
  queued: 'Queued',
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

export const STEP_WORD: Record<TrainingStep, string> = {
  preparing_data: 'preparing the data',
  data_validation: 'checking the data',
  feature_engineering: 'making numbers of columns',
  model_selection: 'choosing the kind of model',
  training_model: 'training',
  validation: 'validating',
  optimization: 'optimising',
  finalizing_model: 'finishing the model',
}

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

/** A number of somebody's table, whose unit nobody knows. */
export function plain(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–'
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return whole.format(value)
  if (value !== 0 && (Math.abs(value) < 1e-4 || Math.abs(value) >= 1e9)) return value.toPrecision(3)
  return plainNumber(value)
}

const day = new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: 'short', day: 'numeric' })

/** What is in a column, in few words: its range, or its most frequent values. */
export function contentOf(column: ColumnProfile): string {
  const { kind, lowest, highest, frequent } = column
  if (lowest !== undefined && highest !== undefined) {
    if (kind === 'date') return `${day.format(lowest)} – ${day.format(highest)}`
    if (kind === 'number') return `${plain(lowest)} – ${plain(highest)}`
  }
  const words = Object.entries(frequent ?? {})
    .sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1))
    .map(([word]) => word)
  return words.slice(0, 3).join(', ') + (words.length > 3 ? ', …' : '')
}

/** "about 40 s": as exact as it can be known. */
export function about(seconds: number): string {
  if (seconds < 5) return 'a few seconds'
  if (seconds < 55) return `about ${duration(Math.ceil(seconds / 5) * 5)}`
  if (seconds < 600) return `about ${duration(Math.round(seconds / 30) * 30)}`
  return `about ${duration(Math.round(seconds / 60) * 60)}`
}

/** "420 ms", "12.3 s", "3 min 5 s": how long something took; it is measured to the millisecond. */
export function took(seconds: number | undefined): string {
  if (seconds === undefined) return '–'
  if (seconds < 0.000_5) return 'under 1\u00a0ms'
  if (seconds < 0.01) return `${Math.round(seconds * 1_000)}\u00a0ms`
  return seconds < 60 ? latency(seconds * 1_000) : duration(seconds)
}

export function rowsAndColumns(rows: number | undefined, columns: number): string {
  const text = columns === 1 ? '1 column' : `${count(columns)} columns`
  if (rows === undefined) return text
  return `${rows === 1 ? '1 row' : `${count(rows)} rows`}, ${text}`
}

/** How far an upload is, in one line. */
export function uploadText(upload: Upload, live: DatasetUpload | undefined): string {
  const { phase, file, sentBytes } = upload
  switch (phase.is) {
    case 'done':
      return `${bytes(file.size)}, uploaded`
    case 'failed':
      return phase.why
    case 'cut':
      return `The connection is cut at ${bytes(sentBytes)}. Tried again in ${duration(Math.ceil(phase.retryMs / 1_000))}; nothing is lost.`
    case 'reading':
      return `All ${bytes(file.size)} are there. Reading them${live?.remaining_seconds === undefined ? '' : `, ${about(live.remaining_seconds)} left`}.`
    case 'sending': {
      const parts = [`${bytes(sentBytes)} of ${bytes(file.size)}`]
      if (live?.received_bytes_per_second !== undefined)
        parts.push(bytesPerSecond(live.received_bytes_per_second))
      if (live?.remaining_seconds !== undefined) parts.push(`${about(live.remaining_seconds)} left`)
      return parts.join(', ')
    }
  }
}

/** 0 to 100, for the bar; the server's own figure counts reading as well. */
export function uploadPercent(upload: Upload, live: DatasetUpload | undefined): number {
  if (upload.phase.is === 'done') return 100
  if (!isOnItsWay(upload)) return 0
  const sent = upload.file.size === 0 ? 0 : (upload.sentBytes / upload.file.size) * 90
  return Math.min(99, Math.max(sent, live?.progress_percent ?? 0))
}

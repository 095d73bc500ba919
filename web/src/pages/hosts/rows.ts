/**
 * rows: each host as one line: how it is and why, and its headline figures. Plain functions of what
 * the host says in its summary, when it said it, and how it was judged before.
 */

import type { HostSummary } from '@bellwether/client'
import * as format from '../../format/format'
import { capitalised } from '../../format/sentence'
import type { Age } from '../../live'
import { JUMPY, STEADY } from '../../status/judge'
import {
  LIMITS,
  STATUS_WORD,
  type Status,
  passedLimit,
  worse,
  worstFirst,
} from '../../status/status'
import { type Judgements, type Vital, statusIn } from '../../status/vitals'

export interface HostRow {
  /** The host's id. */
  readonly key: string
  readonly summary: HostSummary
  readonly age: Age
  /** When it spoke last, on the server's clock. */
  readonly at: number
  readonly status: Status
  /** The status as a word, or that the host fell silent. */
  readonly word: string
  /** What is wrong, worst first; empty when nothing is. */
  readonly finding: string
}

/** What a summary says that has limits. */
export function summaryVitals(summary: HostSummary): Vital[] {
  return [
    {
      key: 'cpu',
      subject: 'cpu',
      value: summary.cpu_percent,
      limits: LIMITS.cpu,
      patience: JUMPY,
    },
    {
      key: 'memory',
      subject: 'memory',
      value: summary.memory_percent,
      limits: LIMITS.memory,
      patience: STEADY,
    },
    {
      key: 'disk',
      subject: 'disk',
      value: summary.fullest_disk_percent,
      limits: LIMITS.disk,
      patience: STEADY,
    },
    {
      key: 'temperature',
      subject: 'temperature',
      value: summary.hottest_celsius,
      limits: LIMITS.temperature,
      patience: STEADY,
    },
  ]
}

const NAMES: Partial<Record<Vital['subject'], string>> = {
  cpu: 'CPU',
  memory: 'memory',
  disk: 'fullest disk',
  temperature: 'temperature',
}

function findingOf(vital: Vital, status: Status): string {
  const write = vital.subject === 'temperature' ? format.roughCelsius : format.roughPercent
  const name = NAMES[vital.subject] ?? vital.subject
  return `${name} ${write(vital.value)}, over ${write(passedLimit(status, vital.limits))}`
}

export interface Heard {
  readonly key: string
  readonly summary: HostSummary
  readonly at: number
  readonly age: Age
}

export function rowOf({ key, summary, at, age }: Heard, judged: Judgements): HostRow {
  const row = { key, summary, age, at }
  // A host that fell silent is never green, however well it was.
  if (age.is === 'unknown') return { ...row, status: 'unknown', word: 'Silent', finding: '' }
  const known = summaryVitals(summary).filter(({ value }) => value !== undefined)
  const out = known
    .map((vital) => ({ vital, status: statusIn(judged, vital.key) }))
    .filter(({ status }) => status === 'warn' || status === 'crit')
    .sort((a, b) => worstFirst(a.status, b.status))
  const calm: Status = known.length === 0 ? 'unknown' : 'ok'
  const status = out.reduce<Status>((worst, one) => worse(worst, one.status), calm)
  const finding = capitalised(out.map((one) => findingOf(one.vital, one.status)).join('; '))
  return { ...row, status, word: STATUS_WORD[status], finding }
}

/** "3 of 4 hosts are heard. Warning on atlas: CPU 97 %, over 90 %." */
export function overallOf(rows: readonly HostRow[]): { sentence: string; detail: string } {
  const heard = rows.filter(({ status }) => status !== 'unknown').length
  const total = format.count(rows.length)
  const silent = rows.filter(({ age }) => age.is === 'unknown').map(({ summary }) => summary.name)
  const bad = rows
    .filter(({ status }) => status === 'warn' || status === 'crit')
    .sort((a, b) => worstFirst(a.status, b.status))
  const [worst] = bad
  const up =
    rows.length === 1
      ? `${rows[0]?.summary.name ?? 'This host'} is ${heard === 1 ? 'heard' : 'silent'}`
      : `${format.count(heard)} of ${total} hosts are heard`
  const sentence = worst
    ? `${worst.word} on ${worst.summary.name}: ${worst.finding}.`
    : heard === rows.length
      ? `All quiet: ${up}.`
      : `${up}.`
  const detail = [
    worst ? `${up}.` : '',
    bad.length > 1 ? `${format.count(bad.length)} hosts have values over their limits.` : '',
    silent.length > 0 && rows.length > 1 ? `Silent: ${silent.join(', ')}.` : '',
  ]
  return { sentence, detail: detail.filter(Boolean).join(' ') }
}

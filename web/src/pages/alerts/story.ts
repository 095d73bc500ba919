/**
 * story: what became of an alert, in words, and which stretch of its series shows it. Enters: the alert with
 * its changes. Leaves: lines and a time range. Plain functions.
 */

import type { Alert, AlertChange, AlertSeverity } from '@bellwether/client'
import { duration, timeOrShortDate } from '../../format/format'
import type { TimeRange } from '../../live'

export interface Line {
  readonly at: number
  readonly text: string
  /** How bad it was from then on, where that is what changed. */
  readonly severity?: AlertSeverity | undefined
  readonly isEnd?: boolean
}

const SEVERITY: Readonly<Record<AlertSeverity, string>> = {
  info: 'info',
  warning: 'warning',
  critical: 'critical',
}

type Write = (value: number | undefined) => string

function textOf({ kind, severity, value, by, until_ms: until }: AlertChange, write: Write): string {
  const at = value === undefined ? '' : ` at ${write(value)}`
  const who = by ?? 'Somebody'
  switch (kind) {
    case 'fired':
      return `Fired as ${SEVERITY[severity]}${at}.`
    case 'worse':
      return `Got worse: ${SEVERITY[severity]}${at}.`
    case 'better':
      return `Got better: ${SEVERITY[severity]}${at}.`
    case 'flapping':
      return 'Comes and goes: told once from here on.'
    case 'steady':
      return 'Does not come and go any more.'
    case 'silent':
      return 'Its source says nothing any more.'
    case 'heard_again':
      return 'Its source speaks again.'
    case 'acknowledged':
      return `${who} acknowledged it.`
    case 'silenced':
      return `${who} silenced it${until === undefined ? ' until it is resolved' : ` until ${timeOrShortDate(until, until)}`}.`
    case 'silence_ended':
      return 'The silence is over.'
    case 'resolved':
      return by === undefined ? `Over by itself${at}.` : `${by} resolved it.`
  }
}

const TURNS: readonly AlertChange['kind'][] = ['fired', 'worse', 'better']

/** Newest first; the value that first broke the rule is the oldest line. */
export function linesOf(alert: Alert, changes: readonly AlertChange[], write: Write): Line[] {
  const lines: Line[] = changes.map((change) => ({
    at: change.at_ms,
    text: textOf(change, write),
    severity: TURNS.includes(change.kind) ? change.severity : undefined,
    isEnd: change.kind === 'resolved',
  }))
  const firstFired = changes[0]?.at_ms ?? alert.fired_at_ms ?? alert.since_at_ms
  if (alert.since_at_ms < firstFired || lines.length === 0) {
    lines.unshift({ at: alert.since_at_ms, text: 'The first value broke the rule.' })
  }
  return lines.reverse()
}

/** "Lasted 4 min 12 s." or "Has lasted 4 min so far." */
export function lastedOf(alert: Alert, nowMs: number): string {
  const { resolved_at_ms: end, since_at_ms: since } = alert
  const seconds = ((end ?? nowMs) - since) / 1000
  return end === undefined
    ? `It has lasted ${duration(seconds)} so far.`
    : `It lasted ${duration(seconds)}.`
}

const BEFORE_MS = 10 * 60_000
const LONGEST_MS = 24 * 3_600_000
const WINDOWS_MS = [15, 60, 360, 1_440].map((minutes) => minutes * 60_000)

/** What shows it whole, with what was before: live while it fires, fixed when it is over. */
export function rangeOf(alert: Alert, nowMs: number): TimeRange {
  const { since_at_ms: since, resolved_at_ms: end } = alert
  if (end === undefined) {
    const wanted = nowMs - since + BEFORE_MS
    return { is: 'live', windowMs: WINDOWS_MS.find((one) => one >= wanted) ?? LONGEST_MS }
  }
  const around = Math.max(BEFORE_MS, (end - since) / 2)
  return { is: 'fixed', from: since - around, to: Math.min(end + around, Math.max(nowMs, end)) }
}

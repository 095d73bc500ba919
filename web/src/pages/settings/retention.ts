/** retention: what is kept how long, in words and as the configuration file has it. Plain functions. */

import type { StoreMetrics } from '@bellwether/client'
import { NBSP } from '../../format/format'

const HOUR_MS = 3_600_000
const UNITS = [
  { letter: 'y', one: 'year', many: 'years', ms: 365 * 24 * HOUR_MS },
  { letter: 'd', one: 'day', many: 'days', ms: 24 * HOUR_MS },
  { letter: 'h', one: 'hour', many: 'hours', ms: HOUR_MS },
] as const
const HOURS = UNITS[2]

export interface Kept {
  readonly what: string
  /** "7 days". */
  readonly text: string
  /** `keep-raw = "7d"`; absent where no setting says it. */
  readonly line?: string
}

/** The largest unit that leaves no rest: settings are whole numbers of one. */
function inUnits(ms: number) {
  const unit = UNITS.find((one) => ms >= one.ms && ms % one.ms === 0) ?? HOURS
  return { unit, number: Math.round(ms / unit.ms) }
}

function kept(what: string, ms: number, key?: string): Kept {
  const { unit, number } = inUnits(ms)
  const text = `${String(number)}${NBSP}${number === 1 ? unit.one : unit.many}`
  return { what, text, ...(key ? { line: `${key} = "${String(number)}${unit.letter}"` } : {}) }
}

export function keptBy(store: StoreMetrics): Kept[] {
  return [
    kept('Every sample, as it was measured', store.keep_samples_ms, 'keep-raw'),
    kept('One row a minute: lowest, mean and highest', store.keep_minutes_ms, 'keep-minutes'),
    kept('One row an hour', store.keep_hours_ms, 'keep-hours'),
    kept('What happened: alerts, sign-ins, changes', store.keep_events_ms),
  ]
}

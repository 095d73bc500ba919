/** What a time range is called. */

import { timeRange } from '../format/format'
import type { TimeRange } from '../live'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** "Live 5 min", "Last 6 h", "Last 7 d". */
export function windowTitle(ms: number): string {
  if (ms <= 5 * MINUTE) return `Live ${amount(ms)}`
  return ms === HOUR ? 'Last hour' : `Last ${amount(ms)}`
}

function amount(ms: number): string {
  if (ms >= 48 * HOUR) return `${String(Math.round(ms / (24 * HOUR)))} d`
  if (ms >= HOUR) return `${String(Math.round(ms / HOUR))} h`
  return ms >= MINUTE
    ? `${String(Math.round(ms / MINUTE))} min`
    : `${String(Math.round(ms / 1000))} s`
}

export function rangeName(range: TimeRange, nowMs: number): string {
  return range.is === 'fixed' ? timeRange(range.from, range.to, nowMs) : windowTitle(range.windowMs)
}

/**
 * share: the address of what is on the screen. *This moment* says from when to when, so that whoever
 * opens it later sees the same; *live view* is always the last minutes. Filter, order and choice are in
 * the address already and stay.
 */

import { type TimeRange, boundsOf, formatRange } from '../live'

export type LinkKind = 'moment' | 'live'

export function linkFor(kind: LinkKind, href: string, range: TimeRange, nowMs: number): string {
  const url = new URL(href)
  const { from, to } = boundsOf(range, nowMs)
  const wanted: TimeRange =
    kind === 'moment'
      ? { is: 'fixed', from: Math.round(from), to: Math.round(to) }
      : { is: 'live', windowMs: Math.round(to - from) }
  for (const key of ['t', 'from', 'to', 'kiosk']) url.searchParams.delete(key)
  for (const [key, value] of Object.entries(formatRange(wanted))) url.searchParams.set(key, value)
  return url.href
}

/**
 * order: keeps rows where they are while somebody looks at one. Sorted at most once a second, never
 * while held; a held row that ended stays until the hold ends, so that nothing moves under a pointer.
 */

import type { Row } from './rows'

export interface Order {
  readonly rows: readonly Row[]
  /** Rows that have ended but are kept in place. */
  readonly ended: ReadonlySet<string>
  readonly sortedAtMs: number
}

export const NO_ORDER: Order = { rows: [], ended: new Set(), sortedAtMs: Number.NEGATIVE_INFINITY }

/** How long until the next sorting is due. */
export function dueInMs(order: Order, nowMs: number): number {
  return Math.max(0, order.sortedAtMs + SORT_EVERY_MS - nowMs)
}

/** Less than a second: lists come once a second, and one that comes early is sorted all the same. */
const SORT_EVERY_MS = 700

export interface Arranging {
  readonly compare: (a: Row, b: Row) => number
  readonly held: boolean
  /** Sorts now, whatever else: the wish for another order. */
  readonly force: boolean
  readonly nowMs: number
}

export function arrange(before: Order, fresh: readonly Row[], how: Arranging): Order {
  const due = how.nowMs - before.sortedAtMs >= SORT_EVERY_MS
  if (how.force || (due && !how.held)) {
    return { rows: [...fresh].sort(how.compare), ended: new Set(), sortedAtMs: how.nowMs }
  }
  const byKey = new Map(fresh.map((row) => [row.key, row]))
  const ended = new Set<string>()
  const rows: Row[] = []
  for (const row of before.rows) {
    const now = byKey.get(row.key)
    byKey.delete(row.key)
    if (now) rows.push(now)
    else if (how.held) {
      rows.push(row)
      ended.add(row.key)
    }
  }
  // New ones wait at the end for the next sorting.
  rows.push(...byKey.values())
  return { rows, ended, sortedAtMs: before.sortedAtMs }
}

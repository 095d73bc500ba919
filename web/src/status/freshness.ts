/**
 * freshness: how old a value may be before it stops being the present. Twice its interval: stale.
 * Five times, or nobody to ask: unknown (UX.md section 3).
 */

import { ago } from '../format/format'

export type Freshness =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'fresh' }
  | { readonly kind: 'stale'; readonly atMs: number; readonly ago: string }
  | { readonly kind: 'unknown'; readonly atMs?: number | undefined }

const STALE = 2
const UNKNOWN = 5

/** Clocks and networks wobble: a value of the fastest tiers is not called stale for that. */
const GRACE_MS = 1_000

export function freshnessOf(
  atMs: number | undefined,
  intervalMs: number,
  nowMs: number,
  offline: boolean,
): Freshness {
  if (atMs === undefined) return offline ? { kind: 'unknown' } : { kind: 'waiting' }
  const age = nowMs - atMs
  if (offline || age > UNKNOWN * intervalMs + GRACE_MS) return { kind: 'unknown', atMs }
  if (age > STALE * intervalMs + GRACE_MS) return { kind: 'stale', atMs, ago: ago(atMs, nowMs) }
  return { kind: 'fresh' }
}

/**
 * range: the one time range of the whole product, as text in the URL and as time. A live one ends now;
 * a fixed one stays where it is. Plain functions; the store is beside this.
 */

export type TimeRange =
  | { readonly is: 'live'; readonly windowMs: number }
  | { readonly is: 'fixed'; readonly from: number; readonly to: number }

const SECOND = 1_000
const UNITS: Readonly<Record<string, number>> = {
  s: SECOND,
  m: 60 * SECOND,
  h: 3_600 * SECOND,
  d: 86_400 * SECOND,
}

const SHORTEST_MS = 10 * SECOND
/** As long as history may be kept. */
const LONGEST_MS = 366 * 86_400 * SECOND

/** What the picker offers. */
export const WINDOWS: readonly { readonly text: string; readonly ms: number }[] = [
  '5m',
  '15m',
  '1h',
  '6h',
  '24h',
  '7d',
].map((text) => ({ text, ms: parseWindow(text) ?? 0 }))

export const DEFAULT_RANGE: TimeRange = { is: 'live', windowMs: 5 * 60 * SECOND }

/** From the URL's query (`t=5m`, or `from=` and `to=`); undefined where it says nothing usable. */
export function parseRange(query: Readonly<Record<string, unknown>>): TimeRange | undefined {
  const from = epochMs(query.from)
  const to = epochMs(query.to)
  if (from !== undefined && to !== undefined && to - from >= 1) return { is: 'fixed', from, to }
  const windowMs = typeof query.t === 'string' ? parseWindow(query.t) : undefined
  return windowMs === undefined ? undefined : { is: 'live', windowMs }
}

/** For the URL's query; keys that do not apply are absent. */
export function formatRange(range: TimeRange): { t?: string; from?: string; to?: string } {
  if (range.is === 'fixed') return { from: String(range.from), to: String(range.to) }
  return { t: formatWindow(range.windowMs) }
}

/** Half its length back (-1) or forward (1). What would reach past now becomes live. */
export function shiftRange(range: TimeRange, direction: -1 | 1, now: number): TimeRange {
  const { from, to } = boundsOf(range, now)
  const half = Math.round((to - from) / 2)
  if (to + direction * half >= now) return { is: 'live', windowMs: to - from }
  return { is: 'fixed', from: from + direction * half, to: to + direction * half }
}

/** Half (in) or twice (out) as long, around its middle; a live one stays live. */
export function zoomRange(range: TimeRange, direction: 'in' | 'out', now: number): TimeRange {
  const { from, to } = boundsOf(range, now)
  const length = Math.min(
    LONGEST_MS,
    Math.max(SHORTEST_MS, Math.round((to - from) * (direction === 'in' ? 0.5 : 2))),
  )
  if (range.is === 'live') return { is: 'live', windowMs: length }
  const end = Math.min(now, Math.round((from + to + length) / 2))
  return { is: 'fixed', from: end - length, to: end }
}

/** Where a range begins and ends, given the time. */
export function boundsOf(range: TimeRange, now: number): { from: number; to: number } {
  return range.is === 'fixed' ? range : { from: now - range.windowMs, to: now }
}

export function sameRange(a: TimeRange, b: TimeRange): boolean {
  if (a.is === 'live') return b.is === 'live' && a.windowMs === b.windowMs
  return b.is === 'fixed' && a.from === b.from && a.to === b.to
}

function parseWindow(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  const ms = Number(count) * (UNITS[unit ?? ''] ?? NaN)
  return ms >= SHORTEST_MS && ms <= LONGEST_MS ? ms : undefined
}

/** In the largest unit that it is a whole number of, but 24h and not 1d: it says what is shown. */
function formatWindow(ms: number): string {
  for (const [unit, length] of Object.entries(UNITS).reverse()) {
    if (ms % length === 0 && (unit !== 'd' || ms > length)) return `${ms / length}${unit}`
  }
  return `${Math.round(ms / SECOND)}s`
}

function epochMs(value: unknown): number | undefined {
  const ms = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : NaN
  return Number.isSafeInteger(ms) ? ms : undefined
}

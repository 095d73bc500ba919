/**
 * Where the right edge of a strip stands in time. It trails the newest sample by one and a half
 * intervals, so that a sample may be half an interval late and nobody sees it; when the clocks drift
 * apart, it goes a little faster or slower instead of jumping.
 * A plain function of what was and what came; the strip itself only moves a picture.
 */

export interface Playhead {
  /** The time at the right edge when this was made. */
  readonly timeMs: number
  /** When it was made, on the page's own clock. */
  readonly madeAtMs: number
  /** How fast it goes: 1 is as fast as time. */
  readonly rate: number
}

/** How many intervals the edge trails the newest sample. */
export const DELAY = 1.5

/** Further off than this many intervals it jumps: the page was hidden or the stream had a hole. */
const LOST = 4

/** The fastest correction. */
const MOST = 0.1

export function edgeAt(head: Playhead, nowMs: number): number {
  return head.timeMs + (nowMs - head.madeAtMs) * head.rate
}

/** The head after a sample of time `sampleMs` was seen at `nowMs`. */
export function follow(
  before: Playhead | undefined,
  sampleMs: number,
  intervalMs: number,
  nowMs: number,
): Playhead {
  const wanted = sampleMs - DELAY * intervalMs
  if (!before) return { timeMs: wanted, madeAtMs: nowMs, rate: 1 }
  const at = edgeAt(before, nowMs)
  const off = wanted - at
  if (Math.abs(off) > LOST * intervalMs) return { timeMs: wanted, madeAtMs: nowMs, rate: 1 }
  const rate = 1 + Math.min(MOST, Math.max(-MOST, off / (8 * intervalMs)))
  return { timeMs: at, madeAtMs: nowMs, rate }
}

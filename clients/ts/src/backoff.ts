/**
 * backoff: how long to wait before the next attempt to connect. Exponential with jitter over the
 * whole range, so that the clients of a restarted server do not come back at the same moment
 * (M. Brooker, "Exponential Backoff And Jitter", 2015), and never under a second.
 */

export const SHORTEST_MS = 1_000
export const LONGEST_MS = 30_000

/** The longest wait after that many failures in a row: 2, 4, 8, 16, 30, 30 … s. */
export function ceilingMs(failures: number): number {
  return Math.min(LONGEST_MS, SHORTEST_MS * 2 ** (failures + 1))
}

/** Anything from the shortest wait to the ceiling; `random` is in [0, 1). */
export function delayMs(failures: number, random: number): number {
  return Math.round(SHORTEST_MS + random * (ceilingMs(failures) - SHORTEST_MS))
}

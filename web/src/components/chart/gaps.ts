/**
 * Stretches of time without samples. uPlot takes only null for a gap and draws a line across NaN, so
 * every chart finds its gaps itself, by the same rule as the hatch.
 */

export interface Stretch {
  readonly fromMs: number
  readonly toMs: number
}

/** Rows further apart than this many intervals have a hole between them (as SeriesColumns says). */
const HOLE = 2.5

/**
 * The gaps of one column: rows that are NaN, rows that are too far apart, and what is missing at the
 * end when the newest sample is old.
 */
export function gapsOf(
  at: ArrayLike<number>,
  values: ArrayLike<number>,
  intervalMs: number,
  endMs?: number,
): Stretch[] {
  const found: Stretch[] = []
  let last: number | undefined
  let missing = false
  for (let i = 0; i < at.length; i += 1) {
    const now = at[i]
    const value = values[i]
    if (now === undefined) continue
    if (value === undefined || Number.isNaN(value)) {
      missing = true
      continue
    }
    if (last !== undefined && (missing || now - last > HOLE * intervalMs)) {
      found.push({ fromMs: last, toMs: now })
    }
    last = now
    missing = false
  }
  if (last !== undefined && endMs !== undefined && endMs - last > HOLE * intervalMs) {
    found.push({ fromMs: last, toMs: endMs })
  }
  return found
}

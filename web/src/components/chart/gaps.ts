/**
 * Stretches of time without samples. uPlot takes only null for a gap and draws a line across NaN
 * (UX.md section 7), so every chart finds its gaps itself, by the same rule as the hatch.
 */

export interface Stretch {
  readonly fromMs: number
  readonly toMs: number
}

/** Rows further apart than this many intervals have a hole between them (as SeriesColumns says). */
const HOLE = 2.5

/** The gaps of one column: rows that are NaN, and rows that are too far apart. */
export function gapsOf(
  at: ArrayLike<number>,
  values: ArrayLike<number>,
  intervalMs: number,
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
  return found
}

/** The same, with a NaN row put into every hole, so that lines break there. */
export function broken(
  at: ArrayLike<number>,
  columns: readonly ArrayLike<number>[],
  intervalMs: number,
): { at: number[]; columns: number[][] } {
  const times: number[] = []
  const out: number[][] = columns.map(() => [])
  let last: number | undefined
  for (let i = 0; i < at.length; i += 1) {
    const now = at[i]
    if (now === undefined) continue
    if (last !== undefined && now - last > HOLE * intervalMs) {
      times.push(last + intervalMs)
      for (const column of out) column.push(Number.NaN)
    }
    times.push(now)
    out.forEach((column, c) => column.push(columns[c]?.[i] ?? Number.NaN))
    last = now
  }
  return { at: times, columns: out }
}

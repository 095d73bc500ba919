/**
 * The upper end of an axis: it starts at zero, so that heights compare, and moves in few steps, so
 * that it does not breathe with every sample.
 */

/** 10, 25, 50, 100: shares up to all of it; above (processes on many cores) in hundreds. */
export function percentTop(highest: number): number {
  // Shares are rounded before they are added up: a little over the whole is still the whole.
  for (const step of [10, 25, 50, 100]) if (highest <= step * 1.01) return step
  return Math.ceil(highest / 100) * 100
}

/** 1, 2, 5 times a power of ten; never below `least`, or noise would look like load. */
export function niceTop(highest: number, least: number): number {
  const wanted = Math.max(highest, least)
  if (!Number.isFinite(wanted) || wanted <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(wanted))
  for (const factor of [1, 2, 5, 10]) if (wanted <= factor * power * 1.000001) return factor * power
  return 10 * power
}

/** The highest known value of some columns. */
export function highestOf(columns: readonly Iterable<number>[]): number {
  let highest = 0
  for (const column of columns) {
    for (const value of column) if (value > highest) highest = value
  }
  return highest
}

/**
 * logarithmic: values on an axis whose steps are powers of ten, for what falls fast and then slowly, as
 * losses do. What is not above zero has no place on it, and is left out.
 */

export interface Logarithmic {
  readonly values: readonly Float64Array[]
  /** Powers of ten from the foot of the axis to its top. */
  readonly top: number
  /** From a place on the axis back to the value. */
  readonly back: (place: number) => number
}

export function logarithmic(columns: readonly Float64Array[]): Logarithmic {
  let low = Infinity
  let high = 0
  for (const column of columns) {
    for (const value of column) {
      if (!(value > 0)) continue
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  const foot = Number.isFinite(low) ? Math.floor(Math.log10(low)) : 0
  const top = high > 0 ? Math.max(1, Math.ceil(Math.log10(high)) - foot) : 1
  return {
    values: columns.map((column) =>
      column.map((value) => (value > 0 ? Math.log10(value) - foot : Number.NaN)),
    ),
    top,
    back: (place) => 10 ** (place + foot),
  }
}

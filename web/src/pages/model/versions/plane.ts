/** plane: curves between 0 and 1 as paths of a square, and what they enclose. Plain functions. */

export type Point = readonly [x: number, y: number]

/** Side of the square, in the units of its drawing. */
export const SIDE = 200

export function pathOf(points: readonly Point[]): string {
  return points
    .map(
      ([x, y], i) =>
        `${i === 0 ? 'M' : 'L'}${(x * SIDE).toFixed(1)} ${((1 - y) * SIDE).toFixed(1)}`,
    )
    .join('')
}

/** The area below a curve, by trapezia. */
export function areaUnder(points: readonly Point[]): number {
  const sorted = [...points].sort(([a], [b]) => a - b)
  return sorted.reduce((sum, [x, y], i) => {
    const before = sorted[i - 1]
    return before ? sum + ((x - before[0]) * (y + before[1])) / 2 : 0
  }, 0)
}

/** So many rows of a long curve, ends included, for a table. */
export function sampled(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points]
  const step = (points.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, i) => points[Math.round(i * step)] ?? ([0, 0] as const))
}

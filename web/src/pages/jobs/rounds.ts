/**
 * rounds: the losses of a run by round, part by part, and the axes that they stand on. Enters: the curve as
 * the server keeps it, thinned out where it is long. Leaves: lines, ticks and places. Plain functions.
 */

import type { CurvePoint } from '@bellwether/client'

export type RoundPoint = readonly [round: number, value: number]

/** One fit: it learns from some parts of the data and is judged on another. */
export interface Fit {
  readonly fit: number
  readonly train: readonly RoundPoint[]
  readonly validation: readonly RoundPoint[]
  /** Where early stopping goes back to: the round with the lowest loss on rows for validation. */
  readonly best: RoundPoint | undefined
}

/** The fits in the order in which they ran, each with its rounds in order. */
export function fitsOf(curve: readonly CurvePoint[]): Fit[] {
  return [...grouped(curve)]
    .sort(([a], [b]) => a - b)
    .map(([fit, points]) => {
      const rounds = [...points].sort((a, b) => a.round - b.round)
      const validation = rounds.map((one): RoundPoint => [one.round, one.validation_loss])
      return {
        fit,
        validation,
        train: rounds.flatMap(({ round, train_loss: loss }) =>
          loss === undefined ? [] : [[round, loss] as const],
        ),
        best: validation.reduce<RoundPoint | undefined>(
          (best, point) => (best === undefined || point[1] < best[1] ? point : best),
          undefined,
        ),
      }
    })
}

function grouped(curve: readonly CurvePoint[]): Map<number, CurvePoint[]> {
  const all = new Map<number, CurvePoint[]>()
  for (const point of curve) {
    const same = all.get(point.fit)
    if (same) same.push(point)
    else all.set(point.fit, [point])
  }
  return all
}

export interface Axis {
  readonly low: number
  readonly high: number
  readonly ticks: readonly number[]
  readonly logarithmic: boolean
}

/** 1, 2 or 5 times a power of ten, so that `span` has at most so many of them. */
function stepFor(span: number, most: number): number {
  const rough = span / most
  const power = 10 ** Math.floor(Math.log10(rough))
  return ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999_999) ?? 10) * power
}

function ticksBetween(low: number, high: number, most: number): number[] {
  const step = stepFor(high - low, most)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  // Multiples, not sums: sums drift away from round numbers.
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  )
}

const MOST_TICKS = 4

/** From zero to a round number above the highest; on a logarithmic axis from the lowest to the highest. */
export function valueAxis(values: readonly number[], logarithmic: boolean, top?: number): Axis {
  const known = values.filter((value) => Number.isFinite(value) && (!logarithmic || value > 0))
  const highest = known.reduce((most, value) => Math.max(most, value), 0)
  if (!(highest > 0)) return { low: 0, high: top ?? 1, ticks: [0, top ?? 1], logarithmic: false }
  if (top !== undefined)
    return { low: 0, high: top, ticks: ticksBetween(0, top, MOST_TICKS), logarithmic: false }
  const lowest = known.reduce((least, value) => Math.min(least, value), highest)
  if (logarithmic && lowest < highest) {
    const [low, high] = [lowest / 1.08, highest * 1.08]
    const decades: number[] = []
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1)
      for (const factor of [1, 2, 5]) decades.push(Number((factor * 10 ** power).toPrecision(12)))
    const inside = decades.filter((tick) => tick >= low && tick <= high)
    const ticks = inside.length > 1 ? inside : ticksBetween(low, high, MOST_TICKS)
    return { low, high, ticks, logarithmic: true }
  }
  const step = stepFor(highest * 1.05, MOST_TICKS)
  const high = Math.ceil((highest * 1.02) / step) * step
  return { low: 0, high, ticks: ticksBetween(0, high, MOST_TICKS), logarithmic: false }
}

/** Rounds are counted from one, and there is no half a round. */
export function roundAxis(rounds: readonly number[], most: number): Axis {
  const high = rounds.reduce((last, round) => Math.max(last, round), 2)
  const step = Math.max(1, stepFor(high, most))
  const ticks = Array.from({ length: Math.floor(high / step) }, (_, i) => (i + 1) * step)
  return { low: 1, high, ticks: step > 1 ? [1, ...ticks] : ticks, logarithmic: false }
}

/** Where a value stands on its axis, 0 to 1. */
export function placeOn({ low, high, logarithmic }: Axis, value: number): number {
  if (!logarithmic) return (value - low) / (high - low)
  return Math.log(value / low) / Math.log(high / low)
}

/** The point of a line whose round is nearest. */
export function nearestPoint(
  points: readonly RoundPoint[],
  round: number | undefined,
): RoundPoint | undefined {
  if (round === undefined) return points.at(-1)
  return points.reduce<RoundPoint | undefined>(
    (best, point) =>
      best === undefined || Math.abs(point[0] - round) < Math.abs(best[0] - round) ? point : best,
    undefined,
  )
}

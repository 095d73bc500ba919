/** curves: what a card's curves are called and which of them are drawn. Plain functions. */

import type { Curve, ModelCard } from '../../model-parts/answers'
import { plainNumber } from '../../model-parts/words'
import { type Point, areaUnder } from './plane'

interface Drawn {
  readonly name: string
  readonly points: readonly Point[]
  readonly dots?: boolean
}

/** Lines that can be told apart. */
const MOST = 4

function named(curves: readonly Curve[] | undefined): Drawn[] {
  return (curves ?? []).slice(0, MOST).map((curve) => ({
    name: `${curve.class}, area ${areaUnder(curve.points).toFixed(3)}`,
    points: curve.points,
  }))
}

export function rocOf(card: ModelCard): Drawn[] {
  return named(card.roc)
}

export function precisionOf(card: ModelCard): Drawn[] {
  return named(card.precision_recall)
}

export function calibrationOf({ calibration }: ModelCard): Drawn[] {
  if (!calibration || calibration.length === 0) return []
  const points = calibration.map(({ predicted, observed }): Point => [predicted, observed])
  return [{ name: 'observed', points, dots: true }]
}

/** As many digits as tell a stretch from the next one; a real minus. */
function rounded(value: number, step: number): string {
  const digits = step > 0 ? Math.max(0, 1 - Math.floor(Math.log10(step))) : 0
  return plainNumber(Number(value.toFixed(Math.min(12, digits)))).replace('-', '−')
}

/** Errors as bars: how many rows were off by how much. */
export function residualsOf({ residuals }: ModelCard): { name: string; share: number }[] {
  if (!residuals) return []
  const { lowest, highest, counts } = residuals
  const all = counts.reduce((sum, one) => sum + one, 0)
  const step = (highest - lowest) / Math.max(1, counts.length)
  return counts.map((one, i) => ({
    name: `${rounded(lowest + i * step, step)} to ${rounded(lowest + (i + 1) * step, step)}`,
    share: all > 0 ? one / all : 0,
  }))
}

/**
 * rows: the columns of a version by how much their drift matters: those over their threshold first, then
 * by effect, which is how far a column has moved times how much the model looks at it. Plain functions.
 */

import type { FeatureDrift, ModelDrift } from '@bellwether/client'
import type { Bin, DriftAnswer } from '../../model-parts/answers'
import { plainNumber, roughShare } from '../../model-parts/words'

export interface DriftRow {
  readonly name: string
  readonly drift: FeatureDrift
  readonly bins: readonly Bin[]
  readonly words: string
}

function effectOf({ distance, threshold, importance }: FeatureDrift): number {
  return (distance / (threshold || 1)) * (importance ?? 0)
}

/** "moved by 0.31 (limit 0.1), 42 % of the importance, 12 % missing". */
export function wordsOf({
  distance,
  threshold,
  importance,
  missing,
  unseen,
}: FeatureDrift): string {
  return [
    `distance ${plainNumber(distance)}, limit ${plainNumber(threshold)}`,
    importance === undefined ? '' : `${roughShare(importance)} of what the model looks at`,
    missing === undefined || missing === 0 ? '' : `${roughShare(missing)} missing`,
    unseen === undefined || unseen === 0 ? '' : `${roughShare(unseen)} never seen in training`,
  ]
    .filter(Boolean)
    .join('; ')
}

export function rowsOf(drift: ModelDrift | undefined, answer: DriftAnswer | undefined): DriftRow[] {
  return Object.entries(drift?.features ?? {})
    .map(([name, one]) => ({
      name,
      drift: one,
      bins: answer?.features?.[name]?.bins ?? [],
      words: wordsOf(one),
    }))
    .sort(
      (a, b) =>
        Number(b.drift.drifted) - Number(a.drift.drifted) ||
        effectOf(b.drift) - effectOf(a.drift) ||
        (a.name < b.name ? -1 : 1),
    )
}

/** The highest share of both, so that all bars of one column have one scale. */
export function highestOf(bins: readonly Bin[]): number {
  return bins.reduce((most, { reference, now }) => Math.max(most, reference, now), 0)
}

/**
 * contributions: how a prediction came to be, as steps that add up: where the model starts, what each
 * column adds or takes, and where that ends. What is small is added up, so that the sum stays the same.
 */

import type { Explanation } from '../../model-parts/answers'
import { plainNumber, valueText } from '../../model-parts/words'

export interface Step {
  readonly name: string
  /** What the column held; absent for sums. */
  readonly value?: string
  readonly amount: number
  /** Where its bar begins and ends, in shares of the width. */
  readonly from: number
  readonly to: number
}

/** Columns that have a bar of their own. */
const MOST = 12

export interface Steps {
  readonly steps: readonly Step[]
  /** Where zero stands, in shares of the width. */
  readonly zero: number
  readonly sum: number
}

export function stepsOf({ base, margin, contributions }: Explanation): Steps {
  const largest = [...contributions].sort(
    (a, b) => Math.abs(b.contribution) - Math.abs(a.contribution),
  )
  const own = largest.slice(0, MOST).filter(({ contribution }) => contribution !== 0)
  const rest = largest.filter((one) => !own.includes(one))
  const others = rest.reduce((sum, { contribution }) => sum + contribution, 0)
  const parts = [
    { name: 'start', amount: base },
    ...own.map(({ column, value, contribution }) => ({
      name: column,
      value: valueText(value),
      amount: contribution,
    })),
    ...(rest.length > 0 && others !== 0
      ? [{ name: `${String(rest.length)} other columns`, amount: others }]
      : []),
  ]
  let at = 0
  const ends = parts.map((part) => {
    const begin = at
    at += part.amount
    return { ...part, begin, end: at }
  })
  const places = [0, margin, ...ends.flatMap(({ begin, end }) => [begin, end])]
  const [lowest, highest] = [Math.min(...places), Math.max(...places)]
  const place = (value: number): number => (value - lowest) / (highest - lowest || 1)
  return {
    steps: ends.map(({ begin, end, ...part }) => ({
      ...part,
      from: place(Math.min(begin, end)),
      to: place(Math.max(begin, end)),
    })),
    zero: place(0),
    sum: at,
  }
}

/** "+0.31" or "−0.31". */
export function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${plainNumber(Math.abs(value))}`
}

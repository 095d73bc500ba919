/** A chart in words, for those who do not see it: now, lowest, highest with time, and the trend. */

import { time } from '../../format/format'

export function summaryOf(
  label: string,
  at: ArrayLike<number>,
  values: ArrayLike<number>,
  say: (value: number) => string,
): string {
  let low: number | undefined
  let high: number | undefined
  let [lowAt, highAt] = [0, 0]
  const known: number[] = []
  for (let i = 0; i < at.length; i += 1) {
    const value = values[i]
    const when = at[i]
    if (value === undefined || when === undefined || Number.isNaN(value)) continue
    known.push(value)
    if (low === undefined || value < low) [low, lowAt] = [value, when]
    if (high === undefined || value > high) [high, highAt] = [value, when]
  }
  const last = known.at(-1)
  if (low === undefined || high === undefined || last === undefined)
    return `${label}: no values in this range.`
  return (
    `${label}: now ${say(last)}, lowest ${say(low)} at ${time(lowAt)}, ` +
    `highest ${say(high)} at ${time(highAt)}, ${trendOf(known, high - low)}.`
  )
}

/** Compares the last quarter with the first: a word, not a slope. */
function trendOf(known: readonly number[], spread: number): string {
  const quarter = Math.max(1, Math.floor(known.length / 4))
  const mean = (part: readonly number[]): number =>
    part.reduce((sum, one) => sum + one, 0) / part.length
  const change = mean(known.slice(-quarter)) - mean(known.slice(0, quarter))
  if (spread === 0 || Math.abs(change) < spread / 4) return 'steady'
  return change > 0 ? 'rising' : 'falling'
}

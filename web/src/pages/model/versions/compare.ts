/**
 * compare: two versions side by side, measure by measure: the difference, and whether the data can tell
 * them apart. Intervals that overlap say that it may be chance. Plain functions.
 */

import type { ModelCard, Score } from '../../model-parts/answers'
import { isError, plainNumber, scoreName, scoreText } from '../../model-parts/words'

export type Verdict = 'first' | 'second' | 'chance' | 'unknown'

export interface ScoreRow {
  readonly key: string
  readonly name: string
  readonly first: string
  readonly second: string
  readonly difference: string
  readonly verdict: Verdict
}

/** "94.2 % (93.0–95.3 %)". */
export function withInterval(key: string, score: Score | undefined): string {
  if (!score) return '–'
  const text = scoreText(key, score.value)
  if (score.low === undefined || score.high === undefined) return text
  const [low, high] = [score.low, score.high].map((end) => scoreText(key, end))
  return `${text} (${(low ?? '').replace(/\u00a0%$/, '')}–${high ?? ''})`
}

function overlap(a: Score, b: Score): boolean | undefined {
  const known = [a.low, a.high, b.low, b.high].every((end) => end !== undefined)
  return known ? (a.low ?? 0) <= (b.high ?? 0) && (b.low ?? 0) <= (a.high ?? 0) : undefined
}

function verdictOf(key: string, a: Score | undefined, b: Score | undefined): Verdict {
  const same = a && b ? overlap(a, b) : undefined
  if (!a || !b || same === undefined) return 'unknown'
  if (same) return 'chance'
  return a.value < b.value === isError(key) ? 'first' : 'second'
}

function differenceOf(key: string, a: Score | undefined, b: Score | undefined): string {
  if (!a || !b) return '–'
  const difference = b.value - a.value
  // Of what has four digits, a difference has no more than they can show.
  const text = scoreText(key, a.value).endsWith('%')
    ? scoreText(key, Math.abs(difference)).replace('%', 'points')
    : plainNumber(Number(Math.abs(difference).toPrecision(2)))
  return `${difference < 0 ? '−' : '+'}${text}`
}

export function compared(a: ModelCard, b: ModelCard): ScoreRow[] {
  const keys = [...new Set([...Object.keys(a.scores ?? {}), ...Object.keys(b.scores ?? {})])]
  return keys.map((key) => {
    const [one, other] = [a.scores?.[key], b.scores?.[key]]
    return {
      key,
      name: scoreName(key),
      first: withInterval(key, one),
      second: withInterval(key, other),
      difference: differenceOf(key, one, other),
      verdict: verdictOf(key, one, other),
    }
  })
}

/** What the two were made with, where that differs. */
export function differing(
  a: ModelCard,
  b: ModelCard,
): { readonly name: string; readonly first: string; readonly second: string }[] {
  const names = [
    ...new Set([...Object.keys(a.parameters ?? {}), ...Object.keys(b.parameters ?? {})]),
  ]
  const text = (value: unknown): string =>
    value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value)
  return names
    .map((name) => ({
      name,
      first: text(a.parameters?.[name]),
      second: text(b.parameters?.[name]),
    }))
    .filter(({ first, second }) => first !== second)
}

/** One sentence: which is better, by which measures, or that nobody can say. */
export function summary(rows: readonly ScoreRow[], first: string, second: string): string {
  const better = (verdict: Verdict): string[] =>
    rows.filter((row) => row.verdict === verdict).map(({ name }) => name)
  const [one, other] = [better('first'), better('second')]
  if (one.length > 0 && other.length > 0)
    return `${first} is better in ${one.join(', ')}; ${second} in ${other.join(', ')}.`
  if (one.length > 0) return `${first} is better in ${one.join(', ')}, beyond chance.`
  if (other.length > 0) return `${second} is better in ${other.join(', ')}, beyond chance.`
  return rows.some(({ verdict }) => verdict === 'chance')
    ? 'All intervals overlap: which is better may be chance.'
    : 'Without intervals nobody can say whether the differences are chance.'
}

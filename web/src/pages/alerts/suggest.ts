/**
 * suggest: which series a rule may be about, while somebody writes. Several that differ in one segment are
 * offered as one pattern, before the single ones. Plain functions.
 */

import type { KnownSeries } from '@bellwether/client'

export interface Suggestion {
  readonly series: string
  readonly note: string
}

const MOST = 60

/** The pattern with the segment at `at` left open; none where the rules allow none. */
function opened(name: string, at: number): string | undefined {
  const segments = name.split('/')
  if (at < 1 || at >= segments.length - 1 || segments[at] === '*') return undefined
  return segments.with(at, '*').join('/')
}

/** Patterns that more than one of the names fit, by how many. */
function patternsOf(names: readonly string[]): Map<string, Set<string>> {
  const patterns = new Map<string, Set<string>>()
  for (const name of names) {
    name.split('/').forEach((_, at) => {
      const pattern = opened(name, at)
      if (pattern === undefined) return
      const fits = patterns.get(pattern) ?? new Set()
      patterns.set(pattern, fits.add(name))
    })
  }
  return new Map([...patterns].filter(([, fits]) => fits.size > 1))
}

export function suggestionsOf(series: readonly KnownSeries[]): Suggestion[] {
  const names = series.map(({ name }) => name)
  const patterns = [...patternsOf(names)]
    .sort(([a, of], [b, other]) => other.size - of.size || (a < b ? -1 : 1))
    .slice(0, MOST / 3)
    .map(([pattern, fits]) => ({ series: pattern, note: `${String(fits.size)} series` }))
  const single = series.map(({ name, is_switch: isSwitch, value }) => ({
    series: name,
    note: isSwitch ? (value === 1 ? 'yes' : 'no') : value.toLocaleString('en-GB'),
  }))
  return [...patterns, ...single].slice(0, MOST)
}

/** What is asked for: words of what was written, without its wildcards. */
export function wordsOf(written: string): string {
  return written
    .split(/[*\s]+/)
    .filter(Boolean)
    .join(' ')
}

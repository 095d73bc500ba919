/**
 * entries: what the palette offers, and in which order. Enters: entries of any kind, what was chosen
 * lately, what is typed. Leaves: the rows to show, each with the letters that fit. Plain functions.
 */

import { fit } from './fuzzy'

export type Group = 'Pages' | 'Hosts' | 'Actions'

export interface Entry {
  /** The same tomorrow: recent ones are remembered by it. */
  readonly id: string
  readonly group: Group
  readonly text: string
  /** The keys that do the same. */
  readonly keys?: string
  readonly run: () => void
}

export interface Row {
  readonly entry: Entry
  readonly at: readonly number[]
}

export interface Section {
  readonly title: Group | 'Recent' | 'Found'
  readonly rows: readonly Row[]
}

/** More are not read; typing one more letter is quicker. */
const MOST_FOUND = 40
/** What was chosen lately wins among equals. */
const RECENT_BONUS = 3
const GROUPS: readonly Group[] = ['Pages', 'Hosts', 'Actions']

/** `recent`: ids, newest first. */
export function sectionsOf(
  entries: readonly Entry[],
  recent: readonly string[],
  query: string,
): Section[] {
  const sections = query.trim() === '' ? all(entries, recent) : found(entries, recent, query)
  return sections.filter(({ rows }) => rows.length > 0)
}

function all(entries: readonly Entry[], recent: readonly string[]): Section[] {
  const plain = (entry: Entry): Row => ({ entry, at: [] })
  const lately = recent.flatMap((id) => entries.find((one) => one.id === id) ?? [])
  const others = entries.filter((one) => !lately.includes(one))
  return [
    { title: 'Recent', rows: lately.map(plain) },
    ...GROUPS.map((title) => ({
      title,
      rows: others.filter(({ group }) => group === title).map(plain),
    })),
  ]
}

function found(entries: readonly Entry[], recent: readonly string[], query: string): Section[] {
  const rows = entries
    .flatMap((entry) => {
      const one = fit(query, entry.text)
      if (!one) return []
      const bonus = recent.includes(entry.id) ? RECENT_BONUS : 0
      return [{ entry, at: one.at, score: one.score + bonus }]
    })
    .sort((a, b) => b.score - a.score)
  return [{ title: 'Found', rows: rows.slice(0, MOST_FOUND) }]
}

/** A text in parts, so that what fits can be marked. */
export function partsOf({ entry, at }: Row): { readonly text: string; readonly fits: boolean }[] {
  const parts: { text: string; fits: boolean }[] = []
  for (let i = 0; i < entry.text.length; i += 1) {
    const fits = at.includes(i)
    const last = parts.at(-1)
    if (last?.fits === fits) last.text += entry.text.charAt(i)
    else parts.push({ text: entry.text.charAt(i), fits })
  }
  return parts
}

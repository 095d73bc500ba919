/**
 * entries: what happened, as a list to read: newest first, repeats folded, days apart, losses told, each
 * with the place it is about at that moment. Plain functions.
 */

import type { Activity, GapReason, PastEvent, Severity } from '@bellwether/client'
import type { LiveEvent } from '../../live'

export type Entry =
  | { readonly is: 'event'; readonly key: string; readonly at: number; readonly what: Activity }
  | { readonly is: 'gap'; readonly key: string; readonly at: number; readonly reason: GapReason }

export type EventEntry = Extract<Entry, { is: 'event' }>

/** Some entries in a row that say the same. */
export interface Fold {
  readonly entry: Entry
  readonly times: number
  /** When the first of them was. */
  readonly sinceAt: number
}

export interface Day {
  readonly name: string
  readonly folds: readonly Fold[]
}

export interface Filter {
  readonly topic: string
  readonly severity: string
  readonly user: string
  readonly words: string
}

export const NO_FILTER: Filter = { topic: '', severity: '', user: '', words: '' }

/** Kinds that people look for together; what is not listed is only under "All". */
export const TOPICS: readonly {
  readonly id: string
  readonly title: string
  readonly kinds: readonly string[]
}[] = [
  {
    id: 'server',
    title: 'Server',
    kinds: ['server_started', 'server_stopped', 'health_changed', 'backup_written'],
  },
  {
    id: 'alerts',
    title: 'Alerts',
    kinds: ['alert_fired', 'alert_resolved', 'alert_handled', 'rule_changed'],
  },
  {
    id: 'models',
    title: 'Models',
    kinds: [
      'model_registered',
      'model_deployed',
      'model_changed',
      'model_deleted',
      'model_drifted',
    ],
  },
  {
    id: 'training',
    title: 'Data and training',
    kinds: [
      'dataset_uploaded',
      'dataset_deleted',
      'training_started',
      'training_completed',
      'training_failed',
      'training_cancelled',
    ],
  },
  { id: 'sign-ins', title: 'Sign-ins', kinds: ['signed_in', 'signed_out', 'sign_in_refused'] },
  { id: 'tokens', title: 'Tokens', kinds: ['token_created', 'link_created', 'token_revoked'] },
  { id: 'connections', title: 'Connections', kinds: ['client_disconnected'] },
  { id: 'settings', title: 'Settings', kinds: ['settings_changed'] },
]

export const SEVERITY_WORD: Record<Severity, string> = {
  critical: 'Critical',
  warning: 'Warning',
  success: 'Success',
  info: 'Info',
}

export const GAP_WORD: Record<GapReason, string> = {
  overrun: 'More happened than this page could take in.',
  new_epoch: 'The server started anew.',
  unknown_position: 'The server no longer knew where this page stood.',
}

/** Live ones and read ones together: each once, newest first. */
export function merge(
  live: readonly LiveEvent<'activity'>[],
  past: readonly PastEvent<'activity'>[],
): Entry[] {
  const all = new Map<string, Entry>()
  for (const one of past) {
    const key = ['activity', ...one.position].join(':')
    all.set(key, { is: 'event', key, at: one.ts, what: one.data })
  }
  // A loss stands where the event before it does: it has no time of its own.
  let at = Infinity
  for (const one of live) {
    if (one.is === 'event') {
      at = one.at
      all.set(one.key, { is: 'event', key: one.key, at, what: one.data })
    } else if (at !== Infinity)
      all.set(one.key, { is: 'gap', key: one.key, at, reason: one.gap.reason })
  }
  return [...all.values()].sort((a, b) => b.at - a.at)
}

export function passes(entry: Entry, filter: Filter): boolean {
  // A loss may have been anything.
  if (entry.is === 'gap') return true
  const { kind, severity, user, text, subject } = entry.what
  const kinds = TOPICS.find(({ id }) => id === filter.topic)?.kinds
  if (kinds && !kinds.includes(kind)) return false
  if (filter.severity !== '' && severity !== filter.severity) return false
  if (filter.user !== '' && user !== filter.user) return false
  const inside = `${text} ${user ?? ''} ${subject ?? ''}`.toLowerCase()
  return filter.words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => inside.includes(word))
}

function same(a: Entry, b: Entry): boolean {
  if (a.is === 'gap' || b.is === 'gap') return false
  const [one, other] = [a.what, b.what]
  return (
    one.kind === other.kind &&
    one.text === other.text &&
    one.user === other.user &&
    one.subject === other.subject
  )
}

export function dayOf(ms: number): string {
  return new Date(ms).toDateString()
}

/** Repeats in a row are one line with a count; a day starts anew. */
export function foldDays(entries: readonly Entry[], nameOf: (ms: number) => string): Day[] {
  const days: { day: string; name: string; folds: Fold[] }[] = []
  for (const entry of entries) {
    const day = dayOf(entry.at)
    let today = days.at(-1)
    if (today?.day !== day) {
      today = { day, name: nameOf(entry.at), folds: [] }
      days.push(today)
    }
    const before = today.folds.at(-1)
    if (before && same(before.entry, entry)) {
      today.folds[today.folds.length - 1] = {
        ...before,
        times: before.times + 1,
        sinceAt: entry.at,
      }
    } else today.folds.push({ entry, times: 1, sinceAt: entry.at })
  }
  return days
}

/** How much is shown around a moment. */
const AROUND_MS = 150_000

/** The page of what an entry is about, at that moment. */
export function placeOf({ at, what }: EventEntry): string {
  const moment = `from=${String(at - AROUND_MS)}&to=${String(at + AROUND_MS)}`
  const [root, id] = what.subject?.split('/') ?? []
  if (root === 'host' && id !== undefined)
    return `/hosts/${encodeURIComponent(id)}/overview?${moment}`
  return `/?${moment}`
}

/** Alerts as they are listed: by cause, the worst first; and what each says in a line. */

import type { Alert, AlertSeverity } from '@bellwether/client'
import { STATUS_WORD, type Status } from '../../status/status'

/** What is wrong with one thing: its alerts stand under one head. */
export interface Group {
  readonly key: string
  readonly title: string
  readonly alerts: readonly Alert[]
}

export interface AlertFilter {
  readonly severity: string
  readonly about: string
  readonly words: string
}

export const NO_FILTER: AlertFilter = { severity: '', about: '', words: '' }

/** What alerts are about: the first word of their subjects. */
export const ABOUT: Readonly<Record<string, string>> = {
  host: 'Hosts',
  model: 'Models',
  machine: 'Machines',
  app: 'Own signals',
}

const RANK: Readonly<Record<AlertSeverity, number>> = { critical: 2, warning: 1, info: 0 }

export const STATUS_OF_SEVERITY: Readonly<Record<AlertSeverity, Status>> = {
  critical: 'crit',
  warning: 'warn',
  info: 'unknown',
}

export const statusOf = ({ severity }: Alert): Status => STATUS_OF_SEVERITY[severity]

export const wordOf = (alert: Alert): string =>
  alert.severity === 'info' ? 'Info' : STATUS_WORD[statusOf(alert)]

export const nameOf = ({ subject }: Alert): string =>
  decodeURIComponent(subject.split('/')[1] ?? subject)

/** Its own page, where there is one. */
export function placeOf({ subject, metric }: Alert): string | undefined {
  const [kind, id, part] = (metric ?? subject).split('/')
  if (id === undefined) return undefined
  const tab = { disks: 'disks', sensors: 'sensors' }[part ?? ''] ?? 'overview'
  if (kind === 'host') return `/hosts/${id}/${tab}`
  if (kind === 'model') return `/models/${id}/${part === 'drift' ? 'drift' : 'live'}`
  if (kind === 'app') return `/signals?q=${id}`
  return undefined
}

export function passes(alert: Alert, { severity, about, words }: AlertFilter): boolean {
  if (severity !== '' && alert.severity !== severity) return false
  if (about !== '' && !alert.subject.startsWith(`${about}/`)) return false
  const text = `${alert.title} ${alert.text} ${alert.subject} ${alert.rule}`.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function worstOf(alerts: readonly Alert[]): number {
  return Math.max(
    ...alerts.map(({ severity, acknowledged }) => RANK[severity] * 2 - Number(acknowledged)),
  )
}

/** One group for each rule and subject; the worst first, then the newest. */
export function groupsOf(alerts: readonly Alert[]): Group[] {
  const groups = new Map<string, Alert[]>()
  for (const alert of alerts) {
    const key = `${alert.rule} ${alert.subject}`
    groups.set(key, [...(groups.get(key) ?? []), alert])
  }
  const newest = ({ alerts: of }: Group) => of[0]?.id ?? ''
  return [...groups]
    .map(([key, of]): Group => {
      const sorted = [...of].sort((a, b) => worstOf([b]) - worstOf([a]) || b.id.localeCompare(a.id))
      const [first] = sorted
      return { key, title: first ? `${first.title} on ${nameOf(first)}` : key, alerts: sorted }
    })
    .sort((a, b) => worstOf(b.alerts) - worstOf(a.alerts) || newest(b).localeCompare(newest(a)))
}

/**
 * use-alerts: what fires, wherever one is on the page: counted for the bell, told in the corner. An alert
 * that was there before somebody came is counted and not told; what is over takes its own notice away.
 */

import type { Alert } from '@bellwether/client'
import { shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import { type NoticeWish, dismiss, notices, notify } from '../../components/notices'
import { useLive, useTopics } from '../../live'
import { type Status, worse } from '../../status/status'
import { alertBadge } from '../alert-badge'
import type { Badge } from '../badge'
import { FROM_SERVER } from './toasts/wanted'

/** Subjects with an alert that fires: `host/web-1`. The page's own limits say nothing more of them. */
export const firingSubjects = shallowRef<ReadonlySet<string>>(new Set())

export const isTelling = (alert: Alert): boolean =>
  alert.state === 'firing' && !alert.acknowledged && !alert.silenced

export function statusOfAlert({ severity }: Pick<Alert, 'severity'>): Status {
  if (severity === 'critical') return 'crit'
  return severity === 'warning' ? 'warn' : 'ok'
}

export function alertBadgeOf(alerts: Iterable<Alert>): Badge {
  let [count, worst]: [number, Status] = [0, 'ok']
  for (const alert of alerts) {
    if (!isTelling(alert)) continue
    count += 1
    worst = worse(worst, statusOfAlert(alert))
  }
  return { count, worst }
}

const sourceOf = (id: string): string => `${FROM_SERVER}alert:${id}`

/** What is told when an alert goes from one standing to another. */
export function noticeOfAlert(before: Alert | undefined, now: Alert): NoticeWish | undefined {
  if (now.severity === 'info' || !isTelling(now)) return undefined
  const isNews =
    before?.state !== 'firing' ||
    (before.severity === 'warning' && now.severity === 'critical') ||
    (before.flapping !== true && now.flapping === true)
  if (!isNews) return undefined
  const level = now.severity === 'critical' ? 'danger' : 'warning'
  return { level, text: now.text, source: sourceOf(now.id) }
}

export function useAlerts(): void {
  const { client } = useLive()
  const router = useRouter()
  const sinceMs = client.serverNow()
  const topics = useTopics(() => 'alert/*' as const)
  let known = new Map<string, Alert>()

  watch(topics, (all) => {
    const alerts = new Map([...all.values()].map(({ value }) => [value.id, value]))
    for (const [id, alert] of alerts) {
      const before = known.get(id)
      // What fired before somebody came is no news.
      const isOld = before === undefined && (alert.fired_at_ms ?? 0) < sinceMs
      const notice = isOld ? undefined : noticeOfAlert(before, alert)
      const action = { text: 'Open', run: () => void router.push(`/alerts/${id}`) }
      if (notice) notify({ ...notice, action })
    }
    const over = [...known.keys()].filter((id) => {
      const alert = alerts.get(id)
      return alert === undefined || !isTelling(alert)
    })
    for (const id of over) {
      const told = notices.value.find(({ source }) => source === sourceOf(id))
      if (told) dismiss(told.id)
    }
    known = alerts
    const firing = [...alerts.values()].filter(({ state }) => state === 'firing')
    firingSubjects.value = new Set(firing.map(({ subject }) => subject))
    alertBadge.value = alertBadgeOf(alerts.values())
  })
}

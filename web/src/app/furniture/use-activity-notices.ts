/** What happens on the server and matters is told in the corner; all of it is in Activity as well. */

import { watch } from 'vue'
import { type LiveEvent, useEvents, useLive } from '../../live'
import { type NoticeWish, notify } from '../../components/notices'
import { FROM_SERVER } from './toasts/wanted'

type Told = LiveEvent<'activity'>

/** Nothing for what is only worth reading later. */
export function noticeOf(event: Told): NoticeWish | undefined {
  if (event.is === 'gap') return undefined
  const { kind, severity, subject, text } = event.data
  // Alerts are told by themselves, and taken away when they are over.
  if (kind === 'alert_fired') return undefined
  if (severity !== 'warning' && severity !== 'critical') return undefined
  const level = severity === 'critical' ? 'danger' : 'warning'
  return { level, text, source: `${FROM_SERVER}${kind}:${subject ?? ''}` }
}

export function useActivityNotices(): void {
  const { client } = useLive()
  // What was there before somebody came is no news.
  const sinceMs = client.serverNow()
  const events = useEvents(() => 'activity' as const)
  let lastKey: string | undefined

  watch(events, (all) => {
    const last = all.findIndex(({ key }) => key === lastKey)
    const fresh = last < 0 ? all : all.slice(0, last)
    lastKey = all[0]?.key ?? lastKey
    for (const event of [...fresh].reverse()) {
      if (event.is === 'event' && event.at < sinceMs) continue
      const notice = noticeOf(event)
      if (notice) notify(notice)
    }
  })
}

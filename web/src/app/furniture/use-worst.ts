/**
 * use-worst: what is out of its limits on any host, wherever one is on the page, for the window's title
 * and icon: also a tab that nobody looks at says that something is wrong.
 */

import { shallowRef, watch, watchEffect } from 'vue'
import { useConnection, useServerNow, useTopics } from '../../live'
import { type Status, worse } from '../../status/status'
import { type HostNow, type Judgements, judgeAll, statusIn, vitalsOf } from '../../status/vitals'
import { alertBadge } from '../alert-badge'
import { type Badge, badge } from '../badge'
import { firingSubjects } from './use-alerts'

const ICON: Record<Status, string> = {
  ok: '/favicon.svg',
  unknown: '/favicon-unknown.svg',
  warn: '/favicon-warn.svg',
  crit: '/favicon-crit.svg',
}

/** Judgements of each host, after what was judged before. */
type AllJudged = ReadonlyMap<string, Judgements>

export function badgeOf(all: AllJudged): Badge {
  let [count, worst]: [number, Status] = [0, 'ok']
  for (const judged of all.values()) {
    for (const key of judged.keys()) {
      const status = statusIn(judged, key)
      if (status !== 'warn' && status !== 'crit') continue
      count += 1
      worst = worse(worst, status)
    }
  }
  return { count, worst }
}

export function useWorst(): void {
  const now = useServerNow()
  const { state } = useConnection()
  const summary = useTopics(() => 'host/*/summary' as const)
  const cpu = useTopics(() => 'host/*/cpu' as const)
  const memory = useTopics(() => 'host/*/memory' as const)
  const disks = useTopics(() => 'host/*/disks' as const)
  const pressure = useTopics(() => 'host/*/pressure' as const)
  const judged = shallowRef<AllJudged>(new Map())

  function hostNow(id: string): HostNow {
    return {
      id,
      summary: summary.value.get(`host/${id}/summary`)?.value,
      cpu: cpu.value.get(`host/${id}/cpu`)?.value,
      memory: memory.value.get(`host/${id}/memory`)?.value,
      disks: disks.value.get(`host/${id}/disks`)?.value,
      pressure: pressure.value.get(`host/${id}/pressure`)?.value,
    }
  }

  watch([cpu, memory, disks, pressure], () => {
    const hosts = [...summary.value.keys()].flatMap((topic) => topic.split('/')[1] ?? [])
    judged.value = new Map(
      hosts.map((id) => {
        const before: Judgements = judged.value.get(id) ?? new Map()
        return [id, judgeAll(before, vitalsOf(hostNow(id)), now.value)]
      }),
    )
  })

  watchEffect(() => {
    // Where alerts fire, they are counted instead of the values behind them.
    const others = [...judged.value].filter(([id]) => !firingSubjects.value.has(`host/${id}`))
    const own = badgeOf(new Map(others))
    const alerts = alertBadge.value
    const found = { count: own.count + alerts.count, worst: worse(own.worst, alerts.worst) }
    const heard = state.value.is === 'live' || state.value.is === 'connecting'
    const next: Badge = heard ? found : { count: found.count, worst: 'unknown' }
    if (next.count !== badge.value.count || next.worst !== badge.value.worst) badge.value = next
  })
  watchEffect(() => {
    const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
    if (icon) icon.href = ICON[badge.value.worst]
  })
}

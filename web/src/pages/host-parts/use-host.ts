/**
 * use-host: one host as pages see it: what is known now, how it was judged, the sentence about it,
 * and how old each part is. Subscribes to what it returns for as long as the page lives.
 */

import { type MaybeRefOrGetter, computed, shallowRef, toValue, watch } from 'vue'
import { useAge, useHeld, useServerNow, useTopic } from '../../live'
import { type Hearing, answersOf } from '../../status/answer'
import { type HostNow, type Judgements, judgeAll, statusIn, vitalsOf } from '../../status/vitals'

export function useHost(id: MaybeRefOrGetter<string>) {
  const serverNow = useServerNow()
  const summary = useTopic(() => `host/${toValue(id)}/summary` as const)
  const cpu = useTopic(() => `host/${toValue(id)}/cpu` as const)
  const memory = useTopic(() => `host/${toValue(id)}/memory` as const)
  const disks = useTopic(() => `host/${toValue(id)}/disks` as const)
  const network = useTopic(() => `host/${toValue(id)}/network` as const)
  const pressure = useTopic(() => `host/${toValue(id)}/pressure` as const)
  const processes = useTopic(() => `host/${toValue(id)}/processes` as const)
  const sensors = useTopic(() => `host/${toValue(id)}/sensors` as const)
  const ages = {
    cpu: useAge(() => `host/${toValue(id)}/cpu` as const),
    memory: useAge(() => `host/${toValue(id)}/memory` as const),
    disks: useAge(() => `host/${toValue(id)}/disks` as const),
    network: useAge(() => `host/${toValue(id)}/network` as const),
    pressure: useAge(() => `host/${toValue(id)}/pressure` as const),
    processes: useAge(() => `host/${toValue(id)}/processes` as const),
    sensors: useAge(() => `host/${toValue(id)}/sensors` as const),
  }

  const now = computed<HostNow>(() => ({
    id: toValue(id),
    summary: summary.latest.value,
    cpu: cpu.latest.value,
    memory: memory.latest.value,
    disks: disks.latest.value,
    network: network.latest.value,
    pressure: pressure.latest.value,
    processes: processes.latest.value,
    sensors: sensors.latest.value,
  }))
  /** The same without what nobody knows any more: only the present is judged. */
  const alive = computed<HostNow>(() => ({
    ...now.value,
    cpu: ages.cpu.value.is === 'unknown' ? undefined : now.value.cpu,
    memory: ages.memory.value.is === 'unknown' ? undefined : now.value.memory,
    disks: ages.disks.value.is === 'unknown' ? undefined : now.value.disks,
    pressure: ages.pressure.value.is === 'unknown' ? undefined : now.value.pressure,
    sensors: ages.sensors.value.is === 'unknown' ? undefined : now.value.sensors,
  }))

  const judgements = shallowRef<Judgements>(new Map())
  watch(
    () => toValue(id),
    () => {
      judgements.value = new Map()
    },
  )
  watch(
    [alive, serverNow],
    () => {
      judgements.value = judgeAll(judgements.value, vitalsOf(alive.value), serverNow.value)
    },
    { immediate: true },
  )

  const hearing = computed<Hearing>(() => {
    const age = ages.cpu.value
    if (age.is === 'waiting' || (age.is === 'unknown' && age.at === undefined))
      return { kind: 'waiting' }
    if (age.is === 'unknown' && age.at !== undefined) {
      return { kind: 'silent', sinceMs: age.at, nowMs: serverNow.value }
    }
    return { kind: 'live' }
  })

  return {
    /** Held while the view is paused. */
    now: useHeld(now),
    ages,
    statusOf: (key: string) => statusIn(judgements.value, key),
    answers: useHeld(() => answersOf(alive.value, judgements.value, hearing.value)),
    serverNow,
  }
}

export type HostView = ReturnType<typeof useHost>

/** use-hosts: every host that has spoken, judged, for as long as the page lives. */

import { computed, shallowRef, watch } from 'vue'
import { ageOf, useConnection, useHeld, useServerNow, useTopics } from '../../live'
import { type Judgements, judgeAll } from '../../status/vitals'
import { type Heard, type HostRow, rowOf, summaryVitals } from './rows'

/** Of a host that does not say how often it speaks. */
const SLOWEST_INTERVAL_MS = 10_000

export function useHosts() {
  const nowMs = useServerNow()
  const { state } = useConnection()
  const summaries = useTopics('host/*/summary')

  const heard = computed<Heard[]>(() =>
    [...summaries.value].map(([topic, { value: summary, at }]) => ({
      key: topic.split('/')[1] ?? topic,
      summary,
      at,
      age: ageOf(at, summary.intervals_ms.summary ?? SLOWEST_INTERVAL_MS, nowMs.value, state.value),
    })),
  )

  const judged = shallowRef<ReadonlyMap<string, Judgements>>(new Map())
  watch(
    heard,
    (hosts) => {
      judged.value = new Map(
        hosts.map(({ key, summary }) => [
          key,
          judgeAll(judged.value.get(key) ?? new Map(), summaryVitals(summary), nowMs.value),
        ]),
      )
    },
    { immediate: true },
  )

  const rows = computed<HostRow[]>(() =>
    heard.value.map((host) => rowOf(host, judged.value.get(host.key) ?? new Map())),
  )
  /** Held while the view is paused. */
  return { rows: useHeld(rows), nowMs: useHeld(nowMs), connection: state }
}

/** use-alert-list: all alerts, the open ones live, the past as far as it is kept; and what one can do. */

import type { Alert, AlertsAnswer } from '@bellwether/client'
import { computed, shallowRef, watch } from 'vue'
import { notify } from '../../components/notices'
import { useTopics } from '../../live'
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- not part of the first load
import { reasonOf, useRest } from '../../live/rest'

const LIMIT = 500

export type Silence = { minutes: number } | { until: number } | Record<string, never>

export function useAlertList() {
  const rest = useRest()
  const topics = useTopics('alert/*')
  const kept = shallowRef<readonly Alert[]>()
  const failed = shallowRef('')
  /** Changes that were asked for, shown at once and taken back when they are refused. */
  const hoped = shallowRef<ReadonlyMap<string, Partial<Alert>>>(new Map())

  async function read(): Promise<void> {
    try {
      kept.value = (await rest<AlertsAnswer>(`/api/alerts?state=all&limit=${String(LIMIT)}`)).alerts
      failed.value = ''
    } catch (error) {
      failed.value = reasonOf(error)
    }
  }
  // One that goes from its topic is history from then on.
  watch(
    () => [...topics.value.keys()].join(),
    () => void read(),
    { immediate: true },
  )

  const all = computed<Alert[]>(() => {
    const live = [...topics.value.values()].map(({ value }) => value)
    const ids = new Set(live.map(({ id }) => id))
    // Of what was open when it was read and has no topic any more, only its end is not known yet.
    const past = (kept.value ?? []).filter(({ id, state }) => !ids.has(id) && state !== 'firing')
    return [...live, ...past].map((one) => ({ ...one, ...hoped.value.get(one.id) }))
  })

  async function change(
    alerts: readonly Alert[],
    hope: Partial<Alert>,
    ask: () => Promise<unknown>,
  ): Promise<void> {
    hoped.value = new Map([...hoped.value, ...alerts.map(({ id }) => [id, hope] as const)])
    try {
      await ask()
      await read()
    } catch (error) {
      notify({ level: 'danger', text: `Not done: ${reasonOf(error)}`, source: 'alerts' })
    } finally {
      const left = new Map(hoped.value)
      for (const { id } of alerts) left.delete(id)
      hoped.value = left
    }
  }

  const post = (path: string, body: unknown): Promise<unknown> =>
    rest(`/api/alerts/${path}`, { method: 'POST', body })

  return {
    open: computed(() => all.value.filter(({ state }) => state === 'firing')),
    past: computed(() =>
      all.value
        .filter(({ state }) => state !== 'firing')
        .sort((a, b) => (b.resolved_at_ms ?? 0) - (a.resolved_at_ms ?? 0)),
    ),
    reading: computed(() => kept.value === undefined && failed.value === ''),
    failed,
    read,
    acknowledge: (alerts: readonly Alert[]) =>
      change(alerts, { acknowledged: true }, () =>
        post('acknowledge', { ids: alerts.map(({ id }) => id) }),
      ),
    silence: (alerts: readonly Alert[], wish: Silence) =>
      change(alerts, { silenced: true }, () =>
        Promise.all(alerts.map(({ id }) => post(`${id}/silence`, wish))),
      ),
    resolve: (alerts: readonly Alert[]) =>
      change(alerts, {}, () => Promise.all(alerts.map(({ id }) => post(`${id}/resolve`, {})))),
  }
}

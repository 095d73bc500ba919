/** use-alert: one alert with what became of it, read anew with each change of its topic; and what one can do. */

import type { AlertAnswer } from '@bellwether/client'
import { type MaybeRefOrGetter, computed, ref, toValue, watch } from 'vue'
import { notify } from '../../components/notices'
import { useTopic } from '../../live'
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- not part of the first load
import { reasonOf, useRest } from '../../live/rest'
import { useAnswer } from '../model-parts/use-answer'
import type { Silence } from './use-alert-list'

export function useAlert(id: MaybeRefOrGetter<string>) {
  const rest = useRest()
  const path = computed(() => `/api/alerts/${encodeURIComponent(toValue(id))}`)
  const { answer, state, reason, read } = useAnswer<AlertAnswer>(path)
  const { latest } = useTopic(() => `alert/${toValue(id)}` as const)
  const pending = ref(false)

  // Its value moves with every tick; only what became of it is asked for again.
  watch(
    () =>
      latest.value &&
      [
        latest.value.state,
        latest.value.severity,
        latest.value.acknowledged,
        latest.value.silenced,
        latest.value.flapping,
        latest.value.silent_since_at_ms,
      ].join(),
    (_, before) => {
      if (before !== undefined) void read()
    },
  )

  async function act(what: string, body: unknown = {}): Promise<void> {
    pending.value = true
    try {
      await rest(`${path.value}/${what}`, { method: 'POST', body })
    } catch (error) {
      notify({ level: 'danger', text: `Not done: ${reasonOf(error)}`, source: 'alerts' })
    }
    await read()
    pending.value = false
  }

  return {
    answer,
    alert: computed(() => latest.value ?? answer.value?.alert),
    state,
    reason,
    read,
    pending,
    acknowledge: () => act('acknowledge'),
    silence: (wish: Silence) => act('silence', wish),
    resolve: () => act('resolve'),
  }
}

/** use-models: every version there is, how it does and where it drifts, for as long as the page lives. */

import { computed } from 'vue'
import { useHeld, useTopics } from '../../live'
import { useAnswer } from '../model-parts/use-answer'
import { type ModelRow, rowOf } from './rows'

export function useModels() {
  const statuses = useTopics('model/*/status')
  const metrics = useTopics('model/*/metrics')
  const drifts = useTopics('model/*/drift')
  const rows = computed<ModelRow[]>(() =>
    [...statuses.value.values()].map(({ value: status }) =>
      rowOf(
        status,
        metrics.value.get(`model/${status.model}/metrics`)?.value,
        drifts.value.get(`model/${status.model}/drift`)?.value,
      ),
    ),
  )
  // Topics cannot say that there is none: the list can.
  const { answer, state, reason, read } = useAnswer<readonly unknown[]>('/api/models')
  const nothing = computed(() =>
    rows.value.length > 0
      ? undefined
      : state.value === 'ready' && answer.value?.length === 0
        ? ('none' as const)
        : state.value === 'failed'
          ? ('failed' as const)
          : ('waiting' as const),
  )
  return { rows: useHeld(rows), nothing, reason, read }
}

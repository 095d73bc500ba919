/** use-models: every version there is, how it does and where it drifts, for as long as a page lives. */

import { computed } from 'vue'
import { useHeld, useTopics } from '../../live'
import { useAnswer } from '../model-parts/use-answer'
import { type ModelRow, rowOf } from './rows'

/** What topics say; nothing is asked for. */
export function useModelRows() {
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
  return useHeld(rows)
}

export function useModels() {
  const rows = useModelRows()
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
  return { rows, nothing, reason, read }
}

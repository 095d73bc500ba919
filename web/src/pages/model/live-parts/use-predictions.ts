/** use-predictions: a version's newest predictions, as they come, with what the log knows of them. */

import { type MaybeRefOrGetter, computed, onScopeDispose, toValue, watch } from 'vue'
import { useEvents, useHeld, useLive } from '../../../live'
import type { LoggedPage } from '../../model-parts/answers'
import { useAnswer } from '../../model-parts/use-answer'
import { SHOWN, isPart, isSample, rowsOf, sampling } from './predictions'

/** The log is read that long after it knew more: once for all of it. */
const READ_MS = 1_000

export function usePredictions(id: MaybeRefOrGetter<string>, changes: MaybeRefOrGetter<unknown>) {
  // Whoever asks by hand or by program looks here for the answer.
  onScopeDispose(useLive().saver.hurry())
  const told = useEvents(() => `model/${toValue(id)}/predictions` as const, SHOWN)
  const { answer, state, reason, read } = useAnswer<LoggedPage>(
    () => `/api/models/${encodeURIComponent(toValue(id))}/predictions?limit=${String(SHOWN)}`,
  )
  let timer: ReturnType<typeof setTimeout> | undefined
  const cancel = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  const readSoon = (): void => {
    timer ??= setTimeout(() => {
      cancel()
      void read()
    }, READ_MS)
  }
  watch(() => toValue(changes), readSoon)
  watch(told, (events) => {
    // Nobody reads what flows that fast: the log waits until it is calm.
    if (isSample(events[0])) cancel()
    if (isPart(events, answer.value?.predictions ?? [])) readSoon()
  })
  onScopeDispose(cancel)

  const rows = computed(() => rowsOf(told.value, answer.value?.predictions ?? []))
  return { rows: useHeld(rows), note: computed(() => sampling(told.value)), state, reason, read }
}

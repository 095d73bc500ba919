/**
 * use-run: one run as it is now. Its status and progress are live; leaderboard, log and parameters are
 * larger and are read again when something has changed, at most once a second.
 */

import {
  type MaybeRefOrGetter,
  computed,
  onScopeDispose,
  ref,
  shallowRef,
  toValue,
  watch,
} from 'vue'
import { useTopic } from '../../live'
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- not part of the first load
import { reasonOf, useRest } from '../../live/rest'
import type { RunAnswer } from '../training/answers'

const SPACING_MS = 1_000

export function useRun(run: MaybeRefOrGetter<string>) {
  const rest = useRest()
  const answer = shallowRef<RunAnswer>()
  const failed = ref<string>()
  const live = useTopic(() => `training/${toValue(run)}/status` as const)
  const steps = useTopic(() => `training/${toValue(run)}/progress` as const)

  const status = computed(() => live.latest.value ?? answer.value?.status)
  const progress = computed(() => steps.latest.value ?? answer.value?.progress ?? undefined)

  let timer: ReturnType<typeof setTimeout> | undefined
  let reading = false
  let again = false

  async function read(): Promise<void> {
    const wanted = toValue(run)
    reading = true
    try {
      const got = await rest<RunAnswer>(`/api/runs/${encodeURIComponent(wanted)}`)
      if (toValue(run) !== wanted) return
      answer.value = got
      failed.value = undefined
    } catch (error) {
      // What was read before is still true.
      if (toValue(run) === wanted && !answer.value) failed.value = reasonOf(error)
    } finally {
      reading = false
      timer = setTimeout(() => {
        timer = undefined
        if (again) wish()
      }, SPACING_MS)
    }
  }

  function wish(): void {
    again = reading || timer !== undefined
    if (!again) void read()
  }

  watch(
    () => toValue(run),
    () => {
      answer.value = undefined
      failed.value = undefined
      void read()
    },
    { immediate: true },
  )
  watch([() => live.latest.value?.state, () => steps.latest.value?.text], wish)
  onScopeDispose(() => {
    again = false
    clearTimeout(timer)
  })

  return { status, progress, answer, failed, read }
}

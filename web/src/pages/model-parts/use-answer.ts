/** use-answer: what a route answers, read again when its address changes or somebody asks. */

import { type MaybeRefOrGetter, onScopeDispose, shallowRef, toValue, watch } from 'vue'
import { ProblemError } from '../../live'
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- not part of the first load
import { reasonOf, useRest } from '../../live/rest'

export type Reading = 'loading' | 'ready' | 'failed'

/** Nothing is asked while the path is undefined. What is there stays while it is read again. */
export function useAnswer<T>(path: MaybeRefOrGetter<string | undefined>) {
  const rest = useRest()
  const answer = shallowRef<T>()
  const state = shallowRef<Reading>('loading')
  const reason = shallowRef('')
  /** There is no such thing: asking again changes nothing. */
  const missing = shallowRef(false)
  let abort: AbortController | undefined

  async function read(): Promise<void> {
    abort?.abort()
    const wanted = toValue(path)
    if (wanted === undefined) return
    const mine = new AbortController()
    abort = mine
    try {
      const came = await rest<T>(wanted, { signal: mine.signal })
      if (mine.signal.aborted) return
      answer.value = came
      state.value = 'ready'
    } catch (error) {
      if (mine.signal.aborted) return
      reason.value = reasonOf(error)
      missing.value = error instanceof ProblemError && error.status === 404
      state.value = 'failed'
    }
  }

  watch(
    () => toValue(path),
    () => {
      answer.value = undefined
      state.value = 'loading'
      void read()
    },
    { immediate: true },
  )
  onScopeDispose(() => abort?.abort())
  return { answer, state, reason, missing, read }
}

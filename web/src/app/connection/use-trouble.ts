/** Trouble that lasts, and the good news after it. */

import {
  type MaybeRefOrGetter,
  onScopeDispose,
  readonly,
  ref,
  shallowRef,
  toValue,
  watch,
} from 'vue'

const PATIENCE_MS = 3_000
const NEWS_MS = 3_000

export function useTrouble<Fill>(
  trouble: MaybeRefOrGetter<boolean>,
  lastFill: MaybeRefOrGetter<Fill | undefined>,
) {
  const lasting = ref(false)
  const back = shallowRef<Fill>()
  let patience: ReturnType<typeof setTimeout> | undefined
  let news: ReturnType<typeof setTimeout> | undefined

  watch(
    () => toValue(trouble),
    (now) => {
      clearTimeout(patience)
      if (now)
        patience = setTimeout(() => {
          lasting.value = true
        }, PATIENCE_MS)
      else lasting.value = false
    },
    { immediate: true },
  )
  watch(
    () => toValue(lastFill),
    (fill) => {
      clearTimeout(news)
      back.value = fill
      if (fill !== undefined)
        news = setTimeout(() => {
          back.value = undefined
        }, NEWS_MS)
    },
  )
  onScopeDispose(() => {
    clearTimeout(patience)
    clearTimeout(news)
  })
  return { lasting: readonly(lasting), back }
}

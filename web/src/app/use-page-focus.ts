/** Another page: its name in the window's title, and the focus on its heading, as a new document has. */

import { type MaybeRefOrGetter, nextTick, toValue, watch, watchEffect } from 'vue'
import { useRouter } from 'vue-router'
import { badge, titleOf } from './badge'

export function usePageFocus(title: MaybeRefOrGetter<string>): void {
  const router = useRouter()
  watchEffect(() => {
    document.title = titleOf(toValue(title), badge.value)
  })
  let first = true
  watch(
    () => router.currentRoute.value.path,
    async () => {
      if (first) {
        first = false
        return
      }
      await nextTick()
      document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
    },
    { immediate: true },
  )
}

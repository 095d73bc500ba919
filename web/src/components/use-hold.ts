/**
 * Holds what is shown while the pointer is on it, so that nothing moves under it; a new wish (another
 * time range) ends the hold, or it would not be seen.
 */

import { type MaybeRefOrGetter, ref, shallowRef, toValue, watch } from 'vue'

export function useHold<T>(source: MaybeRefOrGetter<T>, wish: () => unknown = () => undefined) {
  const held = ref(false)
  const shown = shallowRef(toValue(source))
  watch([() => toValue(source), held], ([now]) => {
    if (!held.value) shown.value = now
  })
  watch(wish, () => {
    held.value = false
  })
  return {
    shown,
    hold: (): void => {
      held.value = true
    },
    release: (): void => {
      held.value = false
    },
  }
}

/** Whether a media query holds, while the component lives. */

import { onScopeDispose, readonly, ref } from 'vue'

export function useMedia(query: string) {
  const media = matchMedia(query)
  const holds = ref(media.matches)
  const changed = (): void => {
    holds.value = media.matches
  }
  media.addEventListener('change', changed)
  onScopeDispose(() => {
    media.removeEventListener('change', changed)
  })
  return readonly(holds)
}

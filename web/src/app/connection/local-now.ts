/** This machine's clock, once a second: for countdowns, which go on while the server is away. */

import { onScopeDispose, readonly, ref } from 'vue'

const TICK_MS = 500

export function useLocalNow() {
  const now = ref(Date.now())
  const timer = setInterval(() => {
    now.value = Date.now()
  }, TICK_MS)
  onScopeDispose(() => {
    clearInterval(timer)
  })
  return readonly(now)
}

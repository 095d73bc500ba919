/** The width and height of an element, and whether anybody can see it. */

import { type ShallowRef, onScopeDispose, readonly, shallowRef, watchEffect } from 'vue'

export function useSize(element: Readonly<ShallowRef<HTMLElement | null>>) {
  const size = shallowRef({ width: 0, height: 0 })
  const seen = shallowRef(false)
  const resize = new ResizeObserver(([entry]) => {
    if (entry) size.value = { width: entry.contentRect.width, height: entry.contentRect.height }
  })
  // A little before it scrolls into view, so that it is drawn when it does.
  const sight = new IntersectionObserver(
    ([entry]) => {
      seen.value = entry?.isIntersecting ?? false
    },
    {
      rootMargin: '100px',
    },
  )
  watchEffect((onCleanup) => {
    const one = element.value
    if (!one) return
    resize.observe(one)
    sight.observe(one)
    onCleanup(() => {
      resize.unobserve(one)
      sight.unobserve(one)
    })
  })
  onScopeDispose(() => {
    resize.disconnect()
    sight.disconnect()
  })
  return { size: readonly(size), seen: readonly(seen) }
}

/** time_range: the product's one time range and whether it is held, for as long as the page lives. */
import { type MaybeRefOrGetter, type Ref, readonly, ref, shallowRef, toValue, watch } from 'vue'
import { once } from './once'
import { DEFAULT_RANGE, type TimeRange, sameRange } from './range'

export const useTimeRange = once((live) => {
  const range = shallowRef<TimeRange>(DEFAULT_RANGE)
  const pausedAt = ref<number>()
  const newSamples = ref(0)

  function resume(): void {
    pausedAt.value = undefined
    newSamples.value = 0
  }

  return {
    range,
    /** Since when the view is held, on the server's clock. */
    pausedAt: readonly(pausedAt),
    /** Samples that came since then, of the series that got most. */
    newSamples: readonly(newSamples),
    setRange(to: TimeRange): void {
      if (sameRange(range.value, to)) return
      range.value = to
      resume()
    },
    pause(): void {
      if (pausedAt.value !== undefined) return
      newSamples.value = 0
      pausedAt.value = live.client.serverNow()
    },
    resume,
    noteSamples(count: number): void {
      if (count > newSamples.value) newSamples.value = count
    },
  }
})

/** Holds what it shows while the view is paused: for numbers beside held charts. */
export function useHeld<T>(source: MaybeRefOrGetter<T>): Readonly<Ref<T>> {
  const range = useTimeRange()
  const held = shallowRef(toValue(source))
  watch([() => toValue(source), () => range.pausedAt], ([value, pausedAt]) => {
    if (pausedAt === undefined) held.value = value
  })
  return held
}

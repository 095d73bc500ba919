/** Rows in order, held while somebody looks (pages/host/processes/order.ts decides). */

import { type MaybeRefOrGetter, onScopeDispose, ref, shallowRef, toValue, watch } from 'vue'
import { NO_ORDER, type Order, arrange, dueInMs } from '../host/processes/order'
import { type Row, type Sorting, compareBy } from '../host/processes/rows'

/** How soon a freed table catches up. */
const CATCH_UP_MS = 300

/** `wish`: another filter also orders anew, whoever holds. */
export function useOrder(
  rows: MaybeRefOrGetter<readonly Row[]>,
  sorting: MaybeRefOrGetter<Sorting>,
  wish: () => unknown = () => undefined,
) {
  const held = ref(false)
  const order = shallowRef<Order>(NO_ORDER)
  let next: ReturnType<typeof setTimeout> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  /** What changed between two sortings is sorted when the next one is due. */
  function later(): void {
    clearTimeout(next)
    const wait = dueInMs(order.value, performance.now())
    if (wait > 0 && !held.value) next = setTimeout(() => again(false), wait)
  }

  function again(force: boolean): void {
    const { sortedAtMs } = order.value
    order.value = arrange(order.value, toValue(rows), {
      compare: compareBy(toValue(sorting)),
      held: held.value,
      force,
      nowMs: performance.now(),
    })
    if (order.value.sortedAtMs === sortedAtMs) later()
  }

  watch(
    () => toValue(rows),
    () => again(false),
    { immediate: true },
  )
  watch([() => toValue(sorting), wish], () => again(true))

  function hold(now: boolean): void {
    clearTimeout(timer)
    if (now) held.value = true
    else {
      timer = setTimeout(() => {
        held.value = false
        again(true)
      }, CATCH_UP_MS)
    }
  }

  onScopeDispose(() => {
    clearTimeout(next)
    clearTimeout(timer)
  })
  return { order, held, hold }
}

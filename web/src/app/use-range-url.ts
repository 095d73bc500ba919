/** The time range in the address: a link shows the same stretch of time, on every page. */

import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { formatRange, parseRange, useTimeRange } from '../live'

export function useRangeUrl(): void {
  const route = useRoute()
  const router = useRouter()
  const time = useTimeRange()

  watch(
    () => [route.query.t, route.query.from, route.query.to],
    () => {
      const wanted = parseRange(route.query)
      if (wanted) time.setRange(wanted)
    },
    { immediate: true },
  )
  watch(
    () => time.range,
    (range) => {
      const { t, from, to } = formatRange(range)
      void router.replace({ query: { ...route.query, t, from, to } })
    },
  )
}

/**
 * The time range in the address: a link shows the same stretch of time, on every page. What cannot be
 * understood is left aside, and a note says so.
 */

import { watch } from 'vue'
import { type LocationQuery, useRoute, useRouter } from 'vue-router'
import { notify } from '../components/notices'
import { formatRange, parseRange, useTimeRange } from '../live'

/** What the address says of time, where that makes no sense. */
export function rangeFault(query: LocationQuery): string | undefined {
  const told = ['t', 'from', 'to'].filter((key) => query[key] !== undefined)
  const understood = parseRange(query)
  const fixed = told.includes('from') || told.includes('to')
  if (told.length === 0 || (understood && (understood.is === 'fixed') === fixed)) return undefined
  return told.map((key) => `${key}=${String(query[key])}`).join(' ')
}

export function useRangeUrl(): void {
  const route = useRoute()
  const router = useRouter()
  const time = useTimeRange()

  watch(
    () => [route.query.t, route.query.from, route.query.to],
    () => {
      const wanted = parseRange(route.query)
      if (wanted) time.setRange(wanted)
      const fault = rangeFault(route.query)
      if (fault === undefined) return
      const text = `The address has no usable time range (${fault.slice(0, 60)}). It was left aside.`
      notify({ level: 'info', text, source: 'address' })
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

/**
 * use-score: the share of rows for validation that a run gets right, by the rounds that it has done. Rounds
 * and shares are series of the same samples, one a second: what has no round yet is left out.
 */

import type { TrainingStatus } from '@bellwether/client'
import { type Ref, computed } from 'vue'
import { type TimeRange, seriesName, useSeries, useServerNow } from '../../live'
import type { RoundPoint } from './rounds'
import { isOver, windowFor } from './stages'

/** The newest samples are on their way into the store for that long. */
const SETTLED_MS = 15_000

export function useScore(run: () => string, status: Readonly<Ref<TrainingStatus | undefined>>) {
  const now = useServerNow()
  const fromMs = computed(() => status.value?.started_at_ms ?? status.value?.queued_at_ms)
  const settledAtMs = computed(() => {
    const { value } = status
    const end = value?.ended_at_ms
    if (value === undefined || end === undefined || !isOver(value)) return undefined
    return now.value - end > SETTLED_MS ? end : undefined
  })
  const range = computed<TimeRange>(() => {
    const from = fromMs.value ?? now.value
    if (settledAtMs.value !== undefined)
      return { is: 'fixed', from: from - 1_000, to: settledAtMs.value + 1_000 }
    return { is: 'live', windowMs: windowFor(now.value - from) }
  })
  const names = computed(() => {
    if (fromMs.value === undefined) return []
    const topic = `training/${run()}/progress` as const
    return ['round', 'accuracy'].map((field) => seriesName(topic, field))
  })
  const { view } = useSeries(names, range)

  return computed<readonly RoundPoint[]>(() => {
    const [rounds, shares] = view.value.values
    const points = new Map<number, number>()
    for (const [row, round] of (rounds ?? []).entries()) {
      const share = shares?.[row] ?? Number.NaN
      if (!Number.isNaN(round) && !Number.isNaN(share)) points.set(round, share * 100)
    }
    return [...points].sort(([a], [b]) => a - b)
  })
}

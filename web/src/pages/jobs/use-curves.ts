/**
 * use-curves: the losses and the score of a run, as charts. Their axis goes from the start of the run to
 * now, or to its end, whatever the time range of the product is: a run is looked at as a whole.
 */

import type { TrainingStatus } from '@bellwether/client'
import { type Ref, computed, ref } from 'vue'
import { seriesToken } from '../../components/chart/colours'
import type { ChartModel } from '../../components/chart/model'
import type { ChartSource } from '../../components/chart/source'
import { percent } from '../../format/format'
import { type TimeRange, seriesName, useSeries, useServerNow } from '../../live'
import { plain } from '../training/words'
import { isOver, windowFor } from './stages'

/** The newest samples are on their way into the store for that long. */
const SETTLED_MS = 15_000
/** Shorter than this an axis would show milliseconds. */
const LEAST_MS = 2_000

const LOSSES = [
  ['train_loss', 'Training'],
  ['validation_loss', 'Validation'],
] as const

export function useCurves(run: () => string, status: Readonly<Ref<TrainingStatus | undefined>>) {
  const now = useServerNow()
  const logarithmic = ref(false)
  const fromMs = computed(() => status.value?.started_at_ms ?? status.value?.queued_at_ms)
  const toMs = computed(() => {
    const end = status.value?.ended_at_ms ?? now.value
    return Math.max(end, (fromMs.value ?? end) + LEAST_MS)
  })
  const settled = computed(() => {
    const { value } = status
    const end = value?.ended_at_ms
    return end !== undefined && value !== undefined && isOver(value) && now.value - end > SETTLED_MS
  })
  const range = computed<TimeRange>(() => {
    const from = fromMs.value ?? now.value
    if (settled.value) return { is: 'fixed', from: from - 1_000, to: toMs.value + 1_000 }
    return { is: 'live', windowMs: windowFor(now.value - from) }
  })
  const names = computed(() => {
    if (fromMs.value === undefined) return []
    const topic = `training/${run()}/progress` as const
    return ['train_loss', 'validation_loss', 'accuracy'].map((field) => seriesName(topic, field))
  })
  const { view, state, retry } = useSeries(names, range)

  /** Rows in which one of some columns says something. */
  function columnsOf(places: readonly number[], factor: number) {
    const { at, values } = view.value
    const rows = [...at.keys()].filter((row) =>
      places.some((place) => !Number.isNaN(values[place]?.[row] ?? Number.NaN)),
    )
    const pick = (column: Float64Array | undefined) =>
      Float64Array.from(rows, (row) => (column?.[row] ?? Number.NaN) * factor)
    return {
      at: Float64Array.from(rows, (row) => at[row] ?? Number.NaN),
      values: places.map((place) => pick(values[place])),
      intervalMs: view.value.intervalMs,
    }
  }

  const shared = computed(() => ({
    source: `run ${run()}`,
    fromMs: fromMs.value ?? now.value,
    toMs: toMs.value,
    live: !settled.value,
    // Rounds come when they are done, and a run has stages without any.
    sparse: true,
  }))
  const loss = computed<ChartModel>(() => ({
    ...shared.value,
    title: 'Loss',
    lines: LOSSES.map(([, label], i) => ({ label, colour: seriesToken(i) })),
    columns: columnsOf([0, 1], 1),
    scale: { kind: 'amount', least: 0 },
    logarithmic: logarithmic.value,
    format: plain,
  }))
  const score = computed<ChartModel>(() => ({
    ...shared.value,
    title: 'Accuracy on validation rows',
    lines: [{ label: 'Accuracy', colour: seriesToken(0), unit: 'percent' as const }],
    columns: columnsOf([2], 100),
    scale: { kind: 'percent', full: true },
    format: percent,
  }))
  const sourceOf = (model: Readonly<Ref<ChartModel>>): ChartSource => ({ model, state, retry })

  return {
    loss: sourceOf(loss),
    score: sourceOf(score),
    hasScore: computed(() => score.value.columns.at.length > 0),
    logarithmic,
  }
}

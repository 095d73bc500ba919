/** series: what a chart shows of some series over a range of time. */
import type { Unit } from '@bellwether/client'
import { type MaybeRefOrGetter, type Ref, computed, shallowRef, toValue, watch } from 'vue'
import { useLive } from './live'
import { type TimeRange, boundsOf } from './range'
import type { SeriesState } from './series_book'
import { type Columns, SeriesTrack } from './series_track'
import { useTimeRange } from './time_range'

/** Columns for charts, oldest first; times in epoch ms. Rows of NaN stand in holes, so lines break. */
export interface SeriesView extends Columns {
  readonly names: readonly string[]
  readonly units: readonly Unit[]
  /** The window that is shown: the axis goes from here … */
  readonly from: number
  /** … to here, also when the newest sample is older. */
  readonly to: number
  /** 0: each row is a sample. Otherwise `values` are means of steps, `low` and `high` their extremes. */
  readonly stepMs: number
}

/** The newest sample may be that many intervals old before the axis goes on without it. */
const TRAILING_INTERVALS = 2.5

/**
 * Series of one topic. Without a range: that of the whole product. Held while the product is paused.
 * A new view with each sample, at most once per frame.
 */
export function useSeries(
  names: MaybeRefOrGetter<readonly string[]>,
  range?: MaybeRefOrGetter<TimeRange>,
): {
  readonly view: Readonly<Ref<SeriesView>>
  readonly state: Readonly<Ref<SeriesState>>
  readonly retry: () => void
} {
  const live = useLive()
  const product = useTimeRange()
  const view = shallowRef<SeriesView>(empty([], 0, 0))
  const state = shallowRef<SeriesState>({ is: 'loading' })
  let retry: () => void = () => undefined

  function showLive(wanted: readonly string[], windowMs: number): () => void {
    const entry = live.series.take(wanted, windowMs)
    const { track } = entry
    let samplesAtPause = track.samples
    const show = () => {
      state.value = entry.state
      if (product.pausedAt !== undefined) {
        product.noteSamples(track.samples - samplesAtPause)
        return
      }
      const to = Math.max(
        live.client.serverNow() - TRAILING_INTERVALS * track.intervalMs,
        track.newest ?? -Infinity,
      )
      view.value = viewOf(track, to - windowMs, to)
    }
    const wish = () => live.frames.wish(show)
    entry.listeners.add(wish)
    const stopPause = watch(
      () => product.pausedAt,
      (pausedAt) => {
        samplesAtPause = track.samples
        if (pausedAt === undefined) show()
        else view.value = copyOf(view.value)
      },
      { flush: 'sync' },
    )
    // Nothing comes: time passes all the same.
    const stopClock = watch(live.clock.now, wish)
    retry = () => live.series.retry(entry)
    show()
    return () => {
      stopPause()
      stopClock()
      entry.listeners.delete(wish)
      live.frames.cancel(show)
      live.series.release(entry)
    }
  }

  function showFixed(wanted: readonly string[], from: number, to: number): () => void {
    const abort = new AbortController()
    const read = async () => {
      state.value = { is: 'loading' }
      try {
        const { signal } = abort
        const answer = await live.api.series({ names: wanted, from, to, signal })
        if (signal.aborted) return
        const track = new SeriesTrack(wanted, answer.step_ms, rowsIn(answer.series))
        track.fill(answer)
        view.value = viewOf(track, from, to)
        state.value = { is: 'ready' }
      } catch (error) {
        if (abort.signal.aborted) return
        state.value = {
          is: 'failed',
          detail: error instanceof Error ? error.message : String(error),
        }
      }
    }
    retry = () => void read()
    view.value = empty(wanted, from, to)
    void read()
    return () => abort.abort()
  }

  // Compared as text: a new array with the same names changes nothing.
  const wish = computed(() => JSON.stringify([toValue(names), toValue(range) ?? product.range]))
  watch(
    wish,
    (_now, _before, onCleanup) => {
      const wanted = toValue(names)
      const shown = toValue(range) ?? product.range
      const { from, to } = boundsOf(shown, live.client.serverNow())
      if (wanted.length === 0) {
        view.value = empty([], from, to)
        state.value = { is: 'ready' }
        retry = () => undefined
      } else if (shown.is === 'live') onCleanup(showLive(wanted, shown.windowMs))
      else onCleanup(showFixed(wanted, from, to))
    },
    { immediate: true },
  )
  return { view, state, retry: () => retry() }
}

function rowsIn(series: readonly { readonly at_ms: readonly number[] }[]): number {
  return new Set(series.flatMap(({ at_ms }) => at_ms)).size
}

function viewOf(track: SeriesTrack, from: number, to: number): SeriesView {
  const { names, units, stepMs } = track
  return { names, units, from, to, stepMs, ...track.columns(from, to) }
}

/** Columns of its own, which no later sample overwrites. */
function copyOf(view: SeriesView): SeriesView {
  const copy = (columns: readonly Float64Array[]) => columns.map((column) => column.slice())
  return {
    ...view,
    at: view.at.slice(),
    values: copy(view.values),
    low: copy(view.low),
    high: copy(view.high),
  }
}

function empty(names: readonly string[], from: number, to: number): SeriesView {
  const none = names.map(() => new Float64Array())
  return {
    names,
    units: names.map(() => 'number' as const),
    from,
    to,
    at: new Float64Array(),
    values: none,
    low: none,
    high: none,
    stepMs: 0,
    intervalMs: 1_000,
  }
}

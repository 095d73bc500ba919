/**
 * use-signals: all users' own signals while their page is open: one subscription, and a new picture at once
 * when something comes after a pause, otherwise a few times a second, however much comes.
 */

import { onScopeDispose, shallowRef } from 'vue'
import { seriesName, useLive } from '../../live'
import { SPARK_MS, SPARK_POINTS, type Signal, SignalBook, nameOf, shownOf } from './book'

const PICTURE_MS = 400
/** Series in one request. */
const BATCH = 90

export function useSignals() {
  const { client, api, frames } = useLive()
  const book = new SignalBook()
  /** Moves when there is something new to show. */
  const revision = shallowRef(0)
  let shownAt = -Infinity
  let late: ReturnType<typeof setTimeout> | undefined

  const show = (): void => {
    late = undefined
    shownAt = performance.now()
    revision.value = book.revision
  }
  const changed = (): void => {
    if (late !== undefined) return
    const wait = shownAt + PICTURE_MS - performance.now()
    if (wait <= 0) frames.wish(show)
    else late = setTimeout(() => frames.wish(show), wait)
  }

  const stops = [
    client.watchState('app/**', ({ topic, ts, value }) => {
      book.take(topic, 'state', ts, value)
      changed()
    }),
    client.watchEvents('app/**', {
      event: ({ topic, ts, data }) => {
        book.take(topic, 'event', ts, data)
        changed()
      },
      gap: () => undefined,
    }),
  ]

  const asked = new Set<string>()
  const abort = new AbortController()

  /** Reads the last minutes of what is in the list and was not read yet. */
  async function readHistory(signals: readonly Signal[]): Promise<void> {
    const missing = signals
      .filter(({ kind }) => kind === 'state')
      .flatMap(({ topic, fields }) => shownOf(fields).map(({ path }) => ({ topic, path })))
      .filter(({ topic, path }) => !asked.has(nameOf(topic, path)))
    for (let first = 0; first < missing.length; first += BATCH) {
      const batch = missing.slice(first, first + BATCH)
      for (const { topic, path } of batch) asked.add(nameOf(topic, path))
      const to = client.serverNow() + 1
      const names = batch.map(({ topic, path }) => seriesName(topic, ...path))
      const step = SPARK_MS / SPARK_POINTS
      const wish = { names, from: to - SPARK_MS, to, step, signal: abort.signal }
      const answer = await api.series(wish).catch(() => undefined)
      // Without history the small lines begin now; the page of a signal says what went wrong.
      if (!answer || abort.signal.aborted) return
      batch.forEach(({ topic, path }, i) => {
        const column = answer.series[i]
        if (column) book.fill(nameOf(topic, path), column.at_ms, column.mean)
      })
      changed()
    }
  }

  onScopeDispose(() => {
    for (const stop of stops) stop()
    frames.cancel(show)
    clearTimeout(late)
    abort.abort()
  })
  return { book, revision, readHistory }
}

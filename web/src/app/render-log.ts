/**
 * render-log: what showing costs in this browser, measured by itself. Enters: each frame's updates, from
 * the first new value to the changed document; tasks of the browser that took over 50 ms, where it
 * tells of them (W3C Long Tasks API; not in Firefox or Safari). Leaves: figures, for whoever looks. What
 * the browser then paints is not in an update; when it takes long, it is in a long task.
 */
import { nextTick } from 'vue'
import type { Live } from '../live'

/** Updates that the figures are of: ten minutes at one a second. */
const KEPT = 600

export interface RenderFigures {
  /** Updates since the page was opened. */
  readonly updates: number
  /** Of the last 600 updates, in milliseconds; nothing before the first. */
  readonly median: number | undefined
  readonly p99: number | undefined
  readonly longest: number | undefined
  /** Nothing where the browser does not tell. */
  readonly longTasks: LongTasks | undefined
}

export interface LongTasks {
  /** Since the page was opened. */
  readonly count: number
  readonly longestMs: number
  /** When the last one began, in milliseconds since the page was opened. */
  readonly lastAt: number | undefined
}

/** Tells of each long task, also of those before it was asked; false where none are told. */
export type WatchLongTasks = (told: (startedAt: number, ms: number) => void) => boolean

export class RenderLog {
  readonly #took = new Float64Array(KEPT)
  #updates = 0
  #tasks: LongTasks | undefined

  /** Begins to measure. */
  start(frames: Live['frames'], now: () => number, watchLongTasks: WatchLongTasks): void {
    frames.around = (flush) => {
      const began = now()
      flush()
      void nextTick(() => this.updated(now() - began))
    }
    const told = watchLongTasks((startedAt, ms) => {
      const { count, longestMs } = this.#tasks ?? { count: 0, longestMs: 0 }
      this.#tasks = { count: count + 1, longestMs: Math.max(longestMs, ms), lastAt: startedAt }
    })
    if (told) this.#tasks ??= { count: 0, longestMs: 0, lastAt: undefined }
  }

  /** An update is in the document. */
  updated(ms: number): void {
    this.#took[this.#updates % KEPT] = ms
    this.#updates += 1
  }

  figures(): RenderFigures {
    const sorted = this.#took.slice(0, Math.min(this.#updates, KEPT)).sort()
    const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1]
    return {
      updates: this.#updates,
      median: at(0.5),
      p99: at(0.99),
      longest: at(1),
      longTasks: this.#tasks,
    }
  }
}

/** As browsers have it. */
export const watchLongTasks: WatchLongTasks = (told) => {
  if (!PerformanceObserver.supportedEntryTypes.includes('longtask')) return false
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) told(startTime, duration)
  })
  observer.observe({ type: 'longtask', buffered: true })
  return true
}

/** One page, one log; it starts with the shell's furniture. */
export const renderLog = new RenderLog()

/**
 * series_book: feeds the tracks that charts show from live states, and reads what is missing from
 * history: at the start, after each loss of the connection, after the page was hidden. A track that
 * nobody shows is kept for five minutes and only what it missed is read when it is shown again.
 */
import type { Api, Client, Environment } from '@bellwether/client'
import type { ConnectionLog } from './connection_log'
import { numberAt, parseSeriesName } from './series_name'
import { SeriesTrack, stepOf } from './series_track'

export type SeriesState =
  | { readonly is: 'loading' }
  | { readonly is: 'ready' }
  /** History could not be read; live samples still come. */
  | { readonly is: 'failed'; readonly detail: string }

const KEEP_MS = 5 * 60_000
/** The newest samples are on their way into the store when it is asked: they are asked for again. */
const AGAIN_MS = 3_000
/** A hole older than this is none that the store will still fill. */
const SETTLED_MS = 15_000
/** Answers closer than this leave no row between them: when polling begins, each wish is asked for at once. */
const BETWEEN_POLLS_MS = 1_000
/** What a summary does not say: the slowest tier. */
const SLOWEST_INTERVAL_MS = 10_000
const SHORTEST_OWN_MS = 500

/** A track in use or kept. */
export interface Entry {
  readonly track: SeriesTrack
  readonly listeners: Set<() => void>
  state: SeriesState
  /** The longest window that is shown. */
  windowMs: number
  users: number
  stop: () => void
  cancel: () => void
  /** Ends what is being read for it. */
  abort: AbortController
}

export class SeriesBook {
  readonly #entries = new Map<string, Entry>()
  readonly #stops: (() => void)[]
  #welcomed = false
  #live = false
  /** Until when history was read by the last poll, on the server's clock. */
  #polledTo: number | undefined

  constructor(
    private readonly client: Client,
    private readonly api: Pick<Api, 'series'>,
    private readonly environment: Environment,
    private readonly log: ConnectionLog,
  ) {
    this.#stops = [
      client.on('welcome', () => {
        this.#welcomed = true
        this.catchUp()
      }),
      client.on('state', (state) => {
        if (state.is !== 'live' && this.#live) {
          for (const { track } of this.#entries.values()) track.lose(client.serverNow())
        }
        this.#live = state.is === 'live'
        this.#fillBetweenPolls(state.is === 'polling')
        // No socket, but perhaps history.
        if (state.is === 'offline') for (const entry of this.#inUse()) void this.#begin(entry)
      }),
    ]
  }

  stop(): void {
    for (const stop of this.#stops) stop()
    for (const entry of this.#entries.values()) this.#forget(entry)
    this.#entries.clear()
  }

  /** Each `take` needs its `release`. All names are of one topic. */
  take(names: readonly string[], windowMs: number): Entry {
    const stepMs = stepOf(windowMs)
    const key = `${stepMs}|${names.join()}`
    const known = this.#entries.get(key)
    const entry = known ?? this.#make(names, stepMs)
    this.#entries.set(key, entry)
    entry.windowMs = Math.max(entry.users > 0 ? entry.windowMs : 0, windowMs)
    entry.users += 1
    if (entry.users === 1) this.#wake(entry, names)
    else if (this.#welcomed) void this.#begin(entry)
    return entry
  }

  release(entry: Entry): void {
    entry.users -= 1
    if (entry.users > 0) return
    entry.stop()
    entry.abort.abort()
    entry.cancel = this.environment.after(KEEP_MS, () => {
      for (const [key, one] of this.#entries) if (one === entry) this.#entries.delete(key)
    })
  }

  retry(entry: Entry): void {
    void this.#read(entry, this.client.serverNow() - entry.windowMs)
  }

  /** Reads what every track in use has missed. */
  catchUp(): void {
    const lostAt = this.log.lostAt
    this.log.lostAt = undefined
    const now = this.client.serverNow()
    const reads = this.#inUse().map((entry) => {
      const newest = entry.track.newest
      if (entry.track.filledFrom === undefined || newest === undefined) return this.#begin(entry)
      return this.#read(entry, Math.max(newest, now - entry.windowMs), newest)
    })
    if (lostAt === undefined) return
    void Promise.all(reads).then((filled) => {
      // Polling is no return: that is said when what comes is live again.
      if (this.client.state.is === 'polling') return
      this.log.lastFill.value = {
        at: now,
        outageMs: now - lostAt,
        filledMs: Math.min(now - lostAt, Math.max(0, ...filled)),
      }
    })
  }

  /** A poll brings the newest value of each state; what was measured between two is in the history. */
  #fillBetweenPolls(polling: boolean): void {
    const from = this.#polledTo
    const now = this.client.serverNow()
    if (polling && from !== undefined && now - from < BETWEEN_POLLS_MS) return
    this.#polledTo = polling ? now : undefined
    if (!polling || from === undefined) return
    for (const entry of this.#inUse()) {
      void this.#read(entry, Math.max(from, now - entry.windowMs), from)
    }
  }

  #inUse(): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.users > 0)
  }

  #make(names: readonly string[], stepMs: number): Entry {
    const none = () => undefined
    return {
      track: new SeriesTrack(names, stepMs),
      listeners: new Set(),
      state: { is: 'loading' },
      windowMs: 0,
      users: 0,
      stop: none,
      cancel: none,
      abort: new AbortController(),
    }
  }

  #forget(entry: Entry): void {
    entry.stop()
    entry.cancel()
    entry.abort.abort()
  }

  /** It is shown, for the first time or again. */
  #wake(entry: Entry, names: readonly string[]): void {
    entry.cancel()
    entry.abort = new AbortController()
    const before = entry.track.newest
    entry.stop = this.#feed(entry, names)
    if (!this.#welcomed) return
    if (before !== undefined && entry.track.filledFrom !== undefined) {
      void this.#read(entry, Math.max(before, this.client.serverNow() - entry.windowMs), before)
    }
    void this.#begin(entry)
  }

  #feed(entry: Entry, names: readonly string[]): () => void {
    const parsed = names.map(parseSeriesName)
    const topic = parsed[0]?.topic
    if (topic === undefined || parsed.some((name) => name.topic !== topic)) {
      throw new Error(`series of one topic are wanted: ${names.join(', ')}`)
    }
    const paths = parsed.map(({ path }) => path)
    const [root, host, part = ''] = topic.split('/')
    let interval = SLOWEST_INTERVAL_MS
    let fed = -Infinity
    let cancel: (() => void) | undefined
    let distance = Infinity
    const feed = (ts: number, value: unknown): void => {
      // Nobody says how often users publish: as after the shorter one of the last two pauses.
      if (root === 'app' && fed > -Infinity) {
        interval = Math.min(ts - fed, distance)
        distance = ts - fed
      }
      fed = ts
      const values = paths.map((path) => numberAt(value, path))
      entry.track.feed(ts, values, Math.max(interval, this.client.intervalMs))
      this.#changed(entry)
    }
    const stops = [
      this.client.watchState(asState(topic), ({ ts, value }) => {
        cancel?.()
        cancel = undefined
        // Users publish as often as they like: of what comes within half a second, the newest is a row.
        const wait = root === 'app' ? fed + SHORTEST_OWN_MS - ts : 0
        if (wait > 0) cancel = this.environment.after(wait, () => feed(ts, value))
        else feed(ts, value)
      }),
      () => cancel?.(),
    ]
    if (root === 'host' && host !== undefined) {
      const summary = this.client.watchState(`host/${host}/summary`, ({ value }) => {
        interval = value.intervals_ms[part] ?? SLOWEST_INTERVAL_MS
      })
      stops.unshift(summary)
    }
    return () => {
      for (const stop of stops) stop()
    }
  }

  /** Reads the window, or the part of it that was never read. */
  async #begin(entry: Entry): Promise<number> {
    const from = this.client.serverNow() - entry.windowMs
    const { filledFrom } = entry.track
    if (filledFrom !== undefined && filledFrom <= from) return 0
    return this.#read(entry, from)
  }

  /** Reads from a time to now; returns how much of the time after `after` was found. */
  async #read(entry: Entry, from: number, after?: number, again = true): Promise<number> {
    const { track, abort } = entry
    const { signal } = abort
    try {
      const answer = await this.api.series({
        names: track.names,
        from,
        // A sample may be newer than the guessed clock of its server by some milliseconds.
        to: Math.max(from, this.client.serverNow()) + 1,
        ...(track.stepMs > 0 ? { step: track.stepMs } : {}),
        signal,
      })
      if (signal.aborted) return 0
      const filled = track.fill(answer, after)
      entry.state = { is: 'ready' }
      this.#changed(entry)
      const unsettled = after ?? Math.max(from, this.client.serverNow() - SETTLED_MS)
      if (again && track.hasHoleAfter(unsettled)) {
        this.environment.after(AGAIN_MS, () => {
          if (!signal.aborted) void this.#read(entry, from, undefined, false)
        })
      }
      return filled
    } catch (error) {
      if (signal.aborted) return 0
      entry.state = { is: 'failed', detail: error instanceof Error ? error.message : String(error) }
      this.#changed(entry)
      return 0
    }
  }

  #changed(entry: Entry): void {
    for (const listener of entry.listeners) listener()
  }
}

/** Series have names of any topic; what has no number at their path gives none. */
function asState(topic: string): `host/${string}/cpu` {
  return topic as `host/${string}/cpu`
}

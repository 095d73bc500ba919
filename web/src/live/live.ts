/**
 * live: the one place where the page's way to the server is made, and how components find it.
 * `app.use(createLive())` once; the composables beside this do the rest.
 */
import {
  type Api,
  type Client,
  type Connected,
  type Environment,
  connectTo,
  hostEnvironment,
} from '@bellwether/client'
import { type App, type InjectionKey, inject } from 'vue'
import { Clock } from './clock'
import { ConnectionLog } from './connection_log'
import { Frames } from './frames'
import { Saver } from './saver'
import { SeriesBook } from './series_book'
import { TopicStore } from './topic_store'

export interface Live {
  readonly client: Client
  readonly api: Api
  readonly environment: Environment
  readonly frames: Frames
  readonly topics: TopicStore
  readonly series: SeriesBook
  readonly clock: Clock
  readonly log: ConnectionLog
  readonly saver: Saver
  /** Connects: called by `app.use`. */
  install(app: App): void
  stop(): void
}

export interface LiveOptions {
  /** Never gives up: for a wall screen, where nobody can press a button. */
  readonly kiosk?: boolean
  readonly environment?: Environment
  readonly requestFrame?: (run: () => void) => void
  /** Made elsewhere, in tests. */
  readonly connected?: Connected
}

const KEY: InjectionKey<Live> = Symbol('live')

export function createLive(options: LiveOptions = {}): Live {
  const environment = options.environment ?? hostEnvironment()
  const attempts = options.kiosk ? { attempts: Infinity } : {}
  const { client, api } =
    options.connected ?? connectTo(window.location.origin, { environment, ...attempts })
  const frames = new Frames(options.requestFrame ?? ((run) => requestAnimationFrame(run)))
  const log = new ConnectionLog(client, environment)
  const series = new SeriesBook(client, api, environment, log)
  const clock = new Clock(client, environment)
  const saver = new Saver(client, environment, () => series.catchUp())
  const live: Live = {
    client,
    api,
    environment,
    frames,
    topics: new TopicStore(client, frames),
    series,
    clock,
    log,
    saver,
    install(app) {
      app.provide(KEY, live)
      client.connect()
    },
    stop() {
      for (const part of [saver, clock, series, log]) part.stop()
      client.close()
    },
  }
  return live
}

export function useLive(): Live {
  const live = inject(KEY, undefined)
  if (!live) throw new Error('app.use(createLive()) comes first')
  return live
}

/**
 * stage: the live layer with a server, a clock and a history that do what a test says. Composables run
 * in it as in a component; `leave` is what unmounting does.
 */
import {
  type Api,
  Client,
  type SeriesAnswer,
  type SeriesWish,
  type Transport,
} from '@bellwether/client'
import { FakeEnvironment, type FakeLink, FakeServer, settled } from '@bellwether/client/testing'
import { createApp, effectScope, nextTick } from 'vue'
import { type Live, createLive } from '../live'

export class Stage {
  readonly world = new FakeEnvironment()
  readonly server: FakeServer
  readonly asked: SeriesWish[] = []
  readonly live: Live
  /** What history answers; a rejection where it cannot. */
  history: (wish: SeriesWish) => Promise<SeriesAnswer> = (wish) => Promise.resolve(answer(wish, []))
  private readonly app = createApp({})
  private readonly frames: (() => void)[] = []

  constructor(way: Transport['way'] = 'socket') {
    this.server = new FakeServer(way)
    const client = new Client({
      transport: this.server,
      environment: this.world,
      probe: () => Promise.resolve('silent' as const),
    })
    const api = {
      series: (wish: SeriesWish) => {
        this.asked.push(wish)
        return this.history(wish)
      },
    } as Api
    this.live = createLive({
      environment: this.world,
      requestFrame: (run) => this.frames.push(run),
      connected: { client, api },
    })
    this.app.use(this.live)
  }

  get link(): FakeLink {
    return this.server.link
  }

  /** Runs composables; what they give, and how to leave. */
  enter<T>(setup: () => T): T & { leave: () => void } {
    const scope = effectScope()
    const result = this.app.runWithContext(() => scope.run(setup))
    if (result === undefined) throw new Error('the scope is over')
    return Object.assign(result as T & object, { leave: () => scope.stop() })
  }

  async welcome(): Promise<void> {
    await this.world.pass(0)
    this.link.welcome(this.world.now())
    await this.world.pass(0)
  }

  /** Everything settles, frames are painted. */
  async paint(): Promise<void> {
    await settled()
    for (const run of this.frames.splice(0)) run()
    await nextTick()
    await settled()
  }

  get framesWished(): number {
    return this.frames.length
  }

  async pass(ms: number): Promise<void> {
    await this.world.pass(ms)
    await this.paint()
  }
}

/** An answer of history: the same times for each name asked for. */
export function answer(
  { names, from = 0, to = 0, step = 0 }: SeriesWish,
  rows: readonly (readonly [at: number, value: number])[],
  intervalMs = 1_000,
): SeriesAnswer {
  const values = rows.map(([, value]) => value)
  const series = names.map((name) => ({
    name,
    unit: 'percent' as const,
    interval_ms: intervalMs,
    at_ms: rows.map(([at]) => at),
    mean: values,
    min: values.map((value) => value - 1),
    max: values.map((value) => value + 1),
  }))
  return { from, to, step_ms: step, series }
}

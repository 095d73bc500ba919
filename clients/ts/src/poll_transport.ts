/**
 * poll_transport: `bellwether.v1` by asking again and again (`GET /api/topics`), where nothing endless
 * comes through. When to ask is the connection's business (`refresh`); a new wish asks at once.
 */
import { ProblemError, createApi, request } from './http.ts'
import { isObject } from './shape.ts'
import {
  type Link,
  NO_ANSWER,
  SIGN_IN_AGAIN,
  type Transport,
  type TransportEvents,
} from './transport.ts'
import { Wishes } from './wishes.ts'

/** Every answer is whole, so nothing of the usual limits applies. */
const LIMITS = {
  message_bytes: 65_536,
  patterns: 256,
  interval_max_ms: 10_000,
  messages_per_second: 20,
  ring: 300,
  resume_events: 10_000,
  publish_bytes: 32_768,
  publish_depth: 16,
  publish_numbers: 250,
  publishes_per_second: 50,
  app_topics: 2_000,
  durables: 32,
  durable_topics: 1_024,
  durable_days: 30,
}

export function pollTransport(origin: string, fetch: typeof globalThis.fetch): Transport {
  return { way: 'poll', name: 'Polling', open: (events) => new PollLink(origin, fetch, events) }
}

class PollLink implements Link {
  readonly #wishes = new Wishes()
  readonly #abort = new AbortController()
  #turn: Promise<void>

  constructor(
    private readonly origin: string,
    private readonly fetch: typeof globalThis.fetch,
    private readonly events: TransportEvents,
  ) {
    this.#turn = this.#attempt(async () => {
      const { role, ts, version } = await createApi(origin, fetch).session()
      const server = `bellwether/${version}`
      this.#say({ op: 'welcome', session: 'polling', server, ts, role, limits: LIMITS })
    })
  }

  send(text: string): void {
    const wish: unknown = JSON.parse(text)
    if (!isObject(wish) || (wish.op !== 'subscribe' && wish.op !== 'unsubscribe')) return
    this.#next(async () => {
      const undo = this.#wishes.apply(wish)
      const { id } = wish
      try {
        if (wish.op === 'subscribe') await this.#ask()
        this.#say({ op: 'ok', id })
      } catch (error) {
        if (!(error instanceof ProblemError) || error.status !== 400) throw error
        undo()
        this.#say({ op: 'error', id, code: 'bad_topic', detail: error.message })
      }
    })
  }

  refresh(): void {
    this.#next(() => this.#ask())
  }

  close(): void {
    this.#abort.abort()
  }

  async #ask(): Promise<void> {
    const { signal } = this.#abort
    const address = `${this.origin}/api/topics?${this.#wishes.query()}`
    const answer: unknown = await (await request(this.fetch, address, { signal })).json()
    if (!isObject(answer) || !Array.isArray(answer.envelopes))
      throw new TypeError('no envelopes came')
    for (const envelope of answer.envelopes) {
      this.#wishes.note(envelope)
      this.#say(envelope)
    }
    if (!signal.aborted) this.events.alive()
  }

  #next(run: () => Promise<void>): void {
    this.#turn = this.#turn.then(() => this.#attempt(run))
  }

  async #attempt(run: () => Promise<void>): Promise<void> {
    if (this.#isOver()) return
    try {
      await run()
    } catch (error) {
      if (this.#isOver()) return
      this.close()
      const status = error instanceof ProblemError ? error.status : 0
      const code = status === 401 || status === 403 ? SIGN_IN_AGAIN : NO_ANSWER
      this.events.closed(code, String(error))
    }
  }

  #isOver(): boolean {
    return this.#abort.signal.aborted
  }

  #say(message: unknown): void {
    if (!this.#isOver()) this.events.message(JSON.stringify(message))
  }
}

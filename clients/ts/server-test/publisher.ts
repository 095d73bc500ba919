/**
 * publisher: publishes users' own signals straight to the server (`POST /api/publish`), at the rate that
 * the server takes, and remembers all of it.
 */
import type { Position } from '../src/index.ts'
import type { Published } from './heard.ts'

/** Under the 50 a second that the server takes of one token. */
const PUBLICATIONS_PER_SECOND = 45

export class Publisher implements Published {
  readonly events = new Map<string, { position: Position; data: unknown }[]>()
  readonly states = new Map<string, Record<string, unknown>>()
  #turn: Promise<unknown> = Promise.resolve()
  #nextAt = 0

  constructor(private readonly origin: string) {}

  event(topic: string, data: unknown): Promise<void> {
    return this.#next(async () => {
      const position = await this.#post(topic, { kind: 'event', data })
      this.events.set(topic, [...(this.events.get(topic) ?? []), { position, data }])
    })
  }

  /** Fields that are not named stay as they are. */
  state(topic: string, data: Record<string, unknown>): Promise<void> {
    return this.#next(async () => {
      await this.#post(topic, { kind: 'state', data })
      this.states.set(topic, { ...this.states.get(topic), ...data })
    })
  }

  /** After a restart of the server, states begin anew. */
  forgetStates(): void {
    this.states.clear()
  }

  /** One after the other, so that what is remembered is in the order of the server. */
  #next(run: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(run)
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async #post(topic: string, wish: object): Promise<Position> {
    await this.#pace()
    const response = await fetch(`${this.origin}/api/publish/${topic}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wish),
    })
    const answer = (await response.json()) as { position: Position; detail?: string }
    if (!response.ok) throw new Error(`${topic}: ${response.status} ${answer.detail ?? ''}`)
    return answer.position
  }

  async #pace(): Promise<void> {
    const now = performance.now()
    this.#nextAt = Math.max(this.#nextAt, now - 200) + 1_000 / PUBLICATIONS_PER_SECOND
    const wait = this.#nextAt - now
    if (wait > 0) await new Promise((go) => setTimeout(go, wait))
  }
}

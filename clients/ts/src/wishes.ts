/**
 * wishes: what a way over plain HTTP asks for anew with each request: all patterns, how far we are in
 * each of their topics, and the clock. Enters: the requests of `bellwether.v1` and what came. Leaves:
 * the query of the next request.
 */
import type { Position } from './generated/types.ts'
import { isPosition } from './message.ts'
import { isObject } from './shape.ts'
import { matches } from './topics.ts'

/** Longest query: proxies take about 8 KB of address. */
const QUERY_CHARACTERS = 6_000
/** A pattern that no topic fits: a way can be opened before anything is asked for. */
const NOTHING = '-'

export class Wishes {
  readonly #patterns = new Set<string>()
  readonly #events = new Map<string, Position>()
  /** These only save full values: they are left out where there is no room. */
  readonly #states = new Map<string, Position>()
  #interval: number | undefined

  /** Does what a request asks; the answer takes it back. */
  apply(request: Record<string, unknown>): () => void {
    const before = { patterns: [...this.#patterns], interval: this.#interval }
    const topics = Array.isArray(request.topics) ? request.topics.map(String) : []
    if (request.op === 'unsubscribe') {
      for (const pattern of topics) this.#patterns.delete(pattern)
      for (const held of [this.#events, this.#states]) {
        for (const topic of held.keys()) if (!this.#covers(topic)) held.delete(topic)
      }
    } else {
      for (const pattern of topics) this.#patterns.add(pattern)
      const { since, interval_ms: interval } = request
      for (const [topic, position] of Object.entries(isObject(since) ? since : {})) {
        // Which kind it is shows when it speaks; until then it is treated as what must not be lost.
        if (isPosition(position))
          (this.#states.has(topic) ? this.#states : this.#events).set(topic, position)
      }
      if (typeof interval === 'number') this.#interval = interval
    }
    return () => {
      this.#patterns.clear()
      for (const pattern of before.patterns) this.#patterns.add(pattern)
      this.#interval = before.interval
    }
  }

  /** Notes how far a delivered message leads. */
  note(message: unknown): void {
    if (!isObject(message) || typeof message.topic !== 'string') return
    const { topic, gap, epoch, offset, type } = message
    if (isObject(gap) && isPosition(gap.to)) {
      this.#events.set(topic, [gap.to[0], gap.to[1] - 1])
      return
    }
    const position = [epoch, offset]
    if (!isPosition(position)) return
    if (type === 'state') this.#events.delete(topic)
    ;(type === 'state' ? this.#states : this.#events).set(topic, position)
  }

  /** `topics`, `since` and `interval_ms` of the next request. */
  query(): string {
    const all = this.#write(new Map([...this.#states, ...this.#events]))
    return all.length <= QUERY_CHARACTERS ? all : this.#write(this.#events)
  }

  #write(positions: ReadonlyMap<string, Position>): string {
    const query = new URLSearchParams({ topics: [...this.#patterns].join() || NOTHING })
    const known = [...positions].filter(([topic]) => this.#covers(topic))
    if (known.length > 0) query.set('since', JSON.stringify(Object.fromEntries(known)))
    if (this.#interval !== undefined) query.set('interval_ms', String(this.#interval))
    return query.toString()
  }

  #covers(topic: string): boolean {
    for (const pattern of this.#patterns) if (matches(pattern, topic)) return true
    return false
  }
}

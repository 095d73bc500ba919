/**
 * subscriptions: which patterns are wanted, how often, and which of them the server knows of.
 * Enters: wishes that come and go with what is on screen. Leaves: what to ask for and what to take back.
 */
import { matches } from './topics.ts'

export type Kind = 'state' | 'event'

interface Wish {
  readonly kind: Kind
  /** The name of the place that the server keeps for it. */
  readonly durable: string | undefined
  count: number
}

export class Subscriptions {
  readonly #wishes = new Map<string, Wish>()
  readonly #sent = new Set<string>()
  /** Refused on this connection: asking again would be refused again. */
  readonly #refused = new Set<string>()
  /** While nobody looks, states need not come: the newest one comes when somebody looks again. */
  statesPaused = false

  add(pattern: string, kind: Kind, durable?: string): void {
    const wish = this.#wishes.get(pattern)
    if (wish) wish.count += 1
    else this.#wishes.set(pattern, { kind, durable, count: 1 })
  }

  remove(pattern: string): void {
    const wish = this.#wishes.get(pattern)
    if (!wish) return
    wish.count -= 1
    if (wish.count === 0) this.#wishes.delete(pattern)
  }

  /** Patterns that somebody wants now. */
  wanted(): string[] {
    return [...this.#wishes].flatMap(([pattern, { kind }]) =>
      this.#refused.has(pattern) || (this.statesPaused && kind === 'state') ? [] : pattern,
    )
  }

  durableOf(pattern: string): string | undefined {
    return this.#wishes.get(pattern)?.durable
  }

  /** Whether anybody has asked for a topic, paused or not. */
  covers(topic: string): boolean {
    for (const pattern of this.#wishes.keys()) if (matches(pattern, topic)) return true
    return false
  }

  /** Wanted, and not asked for yet. */
  missing(): string[] {
    return this.wanted().filter((pattern) => !this.#sent.has(pattern))
  }

  /** Asked for, and not wanted any more. */
  surplus(): string[] {
    const wanted = new Set(this.wanted())
    return [...this.#sent].filter((pattern) => !wanted.has(pattern))
  }

  markSent(patterns: readonly string[]): void {
    for (const pattern of patterns) this.#sent.add(pattern)
  }

  markTaken(patterns: readonly string[]): void {
    for (const pattern of patterns) this.#sent.delete(pattern)
  }

  markRefused(pattern: string): void {
    this.#sent.delete(pattern)
    this.#refused.add(pattern)
  }

  /** A new connection: the server knows of nothing. */
  reset(): void {
    this.#sent.clear()
    this.#refused.clear()
  }
}

/**
 * attempt: one way that is being opened, or is open. It ends once: by itself, for want of a welcome, or
 * because it is given up, and nothing of it is heard after that.
 */
import type { Environment } from './environment.ts'
import { type Link, NO_ANSWER, type Transport } from './transport.ts'

/** How long an opened way may take to its welcome. */
export const WELCOME_MS = 10_000

export interface AttemptEvents {
  message(attempt: Attempt, text: string): void
  alive(attempt: Attempt): void
  ended(attempt: Attempt, code: number, reason: string): void
}

export class Attempt {
  readonly startedAt: number
  #link: Link | undefined
  #over = false
  #cancelTimer: () => void = () => undefined

  constructor(
    readonly transport: Transport,
    private readonly environment: Environment,
    private readonly events: AttemptEvents,
  ) {
    this.startedAt = environment.monotonic()
  }

  /** What comes may come before this returns. */
  start(): void {
    this.#cancelTimer = this.environment.after(WELCOME_MS, () =>
      this.#end(NO_ANSWER, 'no welcome came'),
    )
    try {
      const link = this.transport.open({
        message: (text) => {
          if (!this.#over) this.events.message(this, text)
        },
        alive: () => {
          if (!this.#over) this.events.alive(this)
        },
        closed: (code, reason) => this.#end(code, reason),
      })
      if (this.#over) link.close()
      else this.#link = link
    } catch (error) {
      // A malformed address or a policy: thrown instead of told.
      this.#end(NO_ANSWER, String(error))
    }
  }

  /** It is open: from now on silence is somebody else's business. */
  welcomed(): void {
    this.#cancelTimer()
  }

  send(text: string): void {
    this.#link?.send(text)
  }

  refresh(): void {
    this.#link?.refresh?.()
  }

  close(): void {
    this.#over = true
    this.#cancelTimer()
    this.#link?.close()
  }

  #end(code: number, reason: string): void {
    if (this.#over) return
    this.close()
    this.events.ended(this, code, reason)
  }
}

/**
 * publish: a program's own signals, and durable subscriptions that are worked off. Apart from client.ts,
 * because most pages only listen. Enters: values. Leaves: publications, by the socket where there is one
 * and by HTTP otherwise, and the position that each got.
 */
import type { Answered, Client } from './client.ts'
import { type Environment, hostEnvironment } from './environment.ts'
import type { Kind, Position } from './generated/types.ts'
import { ProblemError, request } from './http.ts'
import { isPosition } from './message.ts'
import { isObject } from './shape.ts'

/** The server did not do it and says why; the same again would be refused again. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'

  constructor(
    /** `bad_topic`, `bad_data`, `too_large`, `wrong_kind`, `too_many`, `forbidden` …: for programs. */
    readonly code: string,
    detail: string,
    /** The limit that was passed, when it was one. */
    readonly limit?: number,
  ) {
    super(detail)
  }
}

/**
 * The connection ended, or the time was over, before the answer came: nobody knows whether it was done. A
 * state may be published again; for an event that must not come twice, look first.
 */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError'
}

export interface PublishWish {
  /** `state` unless told otherwise; the first publication of a topic decides it. */
  readonly kind?: Kind
  /** Of a state: `data` is all of it. Otherwise it is a patch, in which null takes a field away. */
  readonly full?: boolean
  /** Of an event: who overtakes whom. */
  readonly priority?: 'low' | 'normal' | 'high'
  /** When it was measured or happened, epoch milliseconds; the server's time when absent. */
  readonly ts?: number
}

export interface Publisher {
  /**
   * Resolves with the position when the server has taken it. Waits for its turn where more is published
   * than the server takes (`client.limits`). Rejects with `RefusedError` or `UnansweredError`.
   */
  publish(topic: `app/${string}`, data: unknown, wish?: PublishWish): Promise<Position>
  /** What came up to these positions is done. Resolves when the server has that on its disk. */
  ack(durable: string, positions: Readonly<Record<string, Position>>): Promise<void>
}

interface PublisherOptions {
  readonly fetch?: typeof globalThis.fetch
  readonly environment?: Environment
}

/** Longest wait for an answer. */
const ANSWER_MS = 10_000
/** Of the messages that a connection may send: pings and wishes need some too. */
const SHARE = 0.9

/** `origin` as for `connectTo`. */
export function createPublisher(
  client: Client,
  origin: string,
  options: PublisherOptions = {},
): Publisher {
  const environment = options.environment ?? hostEnvironment()
  const fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const base = new URL(origin).origin
  /** The end of the line: when the next one may go. A second's worth may go at once after a pause. */
  let nextAt = -Infinity

  async function turn(perSecond: number): Promise<void> {
    const now = environment.monotonic()
    nextAt = Math.max(nextAt, now - 1_000) + 1_000 / perSecond
    const wait = nextAt - now
    if (wait > 0) await new Promise<void>((go) => environment.after(wait, go))
  }

  /** The answer of the socket; `undefined` where there is none. */
  function bySocket(wish: object): Promise<Answered & object> | undefined {
    let settle: (answer: Answered) => void = () => undefined
    const answered = new Promise<Answered>((settled) => (settle = settled))
    if (!client.ask(wish, (answer) => settle(answer))) return undefined
    const cancel = environment.after(ANSWER_MS, () => settle(undefined))
    return answered.then((answer) => {
      cancel()
      if (!answer) throw new UnansweredError('no answer came')
      if (answer.is === 'ok') return answer
      const { code, detail, limit } = answer.error
      throw new RefusedError(code, detail, limit)
    })
  }

  async function byHttp(topic: string, wish: object): Promise<unknown> {
    try {
      const response = await request(fetch, `${base}/api/publish/${topic}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(wish),
      })
      const answer: unknown = await response.json()
      return isObject(answer) ? answer.position : undefined
    } catch (error) {
      if (!(error instanceof ProblemError)) throw new UnansweredError(String(error))
      const [, kind = String(error.status)] = error.problem.type.split('#')
      throw new RefusedError(kind.replaceAll('-', '_'), error.message)
    }
  }

  return {
    async publish(topic, data, { kind = 'state', ...more } = {}) {
      const wish = { kind, data, ...more }
      const isSocket = client.state.is === 'live' && !client.state.fallback
      const { publishes_per_second: most, messages_per_second: messages } = rates(client)
      await turn(isSocket ? Math.min(most, messages * SHARE) : most)
      const answer = bySocket({ op: 'publish', topic, ...wish })
      const position = answer ? positionIn(await answer) : await byHttp(topic, wish)
      if (!isPosition(position)) throw new UnansweredError('the answer names no position')
      return position
    },
    async ack(durable, positions) {
      for (const again of [...ACK_AGAIN_MS, undefined]) {
        const answer = bySocket({ op: 'ack', durable, positions })
        if (!answer) throw new UnansweredError('there is no socket that holds the subscription')
        try {
          await answer
          return
        } catch (error) {
          // After a reconnect it comes again, and may be acknowledged once it did.
          const early = error instanceof RefusedError && error.code === 'out_of_range'
          if (!early || again === undefined) throw error
          await new Promise<void>((go) => environment.after(again, go))
        }
      }
    },
  }
}

const ACK_AGAIN_MS = [100, 300, 1_000]

/** What a server takes that has not said yet what it takes. */
const USUAL = { publishes_per_second: 50, messages_per_second: 20 }

function rates({ limits }: Client): typeof USUAL {
  return { ...USUAL, ...limits }
}

function positionIn(answer: Answered & object): unknown {
  return answer.is === 'ok' ? answer.position : undefined
}

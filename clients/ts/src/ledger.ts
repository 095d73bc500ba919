/**
 * ledger: routes for what was written down: past events, who may come in, and who is here. Apart from
 * http.ts, because a page needs them only when somebody looks there.
 */
import type {
  EventsAnswer,
  Position,
  SystemClients,
  TokenMade,
  TokensAnswer,
  TokenWish,
} from './generated/types.ts'
import { asked, request } from './http.ts'
import { faultOf } from './shape.ts'
import { type EventOf, type EventTopic, shapeOf } from './topics.ts'

export interface EventsWish<T extends EventTopic> {
  readonly topic: T
  /** Only older ones; absent: the newest. */
  readonly before?: Position | undefined
  readonly limit?: number
}

/** An event of a logged topic, as it was written. */
export interface PastEvent<T extends EventTopic> {
  readonly ts: number
  readonly position: Position
  readonly data: EventOf<T>
}

export interface PastEvents<T extends EventTopic> {
  /** Newest first. */
  readonly events: readonly PastEvent<T>[]
  /** The next wish's `before`; absent when there is nothing older. */
  readonly older?: Position | undefined
}

export interface Ledger {
  /** What happened on a logged topic, page by page. */
  events<T extends EventTopic>(wish: EventsWish<T>): Promise<PastEvents<T>>
  /** Who may come in; for admins. */
  readonly tokens: {
    list(): Promise<TokensAnswer>
    create(wish: TokenWish): Promise<TokenMade>
    createLink(wish: TokenWish): Promise<TokenMade>
    revoke(id: string): Promise<void>
  }
  /** Who is connected; for admins. */
  readonly clients: {
    list(): Promise<SystemClients>
    /** Ends one connection, by its name. */
    disconnect(id: string): Promise<void>
  }
}

export function createLedger(
  origin: string,
  fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init),
): Ledger {
  const make = (path: string, wish: TokenWish) =>
    asked<TokenMade>(fetch, origin, 'TokenMade', path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wish),
    })

  return {
    async events<T extends EventTopic>({ topic, before, limit }: EventsWish<T>) {
      const query = new URLSearchParams({ topic })
      if (before) query.set('before', before.join())
      if (limit !== undefined) query.set('limit', String(limit))
      const path = `/api/events?${query.toString()}`
      const answer = await asked<EventsAnswer>(fetch, origin, 'EventsAnswer', path)
      return { events: answer.events.map((one) => pastEvent<T>(one)), older: answer.older }
    },
    tokens: {
      list: () => asked<TokensAnswer>(fetch, origin, 'TokensAnswer', '/api/tokens'),
      create: (wish) => make('/api/tokens', wish),
      createLink: (wish) => make('/api/tokens/link', wish),
      async revoke(id) {
        const path = `/api/tokens/${encodeURIComponent(id)}`
        await request(fetch, origin + path, { method: 'DELETE' })
      },
    },
    clients: {
      list: () => asked<SystemClients>(fetch, origin, 'SystemClients', '/api/clients'),
      async disconnect(id) {
        const path = `/api/clients/${encodeURIComponent(id)}`
        await request(fetch, origin + path, { method: 'DELETE' })
      },
    },
  }
}

function pastEvent<T extends EventTopic>(envelope: EventsAnswer['events'][number]): PastEvent<T> {
  const { topic, ts, epoch, offset } = envelope
  const data = 'data' in envelope ? envelope.data : undefined
  const shape = shapeOf('event', topic)
  const fault = shape ? faultOf(shape, data) : 'nobody knows its shape'
  if (fault !== undefined) throw new TypeError(`${topic}: ${fault}`)
  return { ts, position: [epoch, offset], data: data as EventOf<T> } // just checked
}

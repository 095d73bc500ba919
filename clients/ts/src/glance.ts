/**
 * glance: what a socket would have sent, asked for once over plain HTTP (`GET /api/topics`). For those
 * who poll, and for scripts that look once.
 */
import type { Position } from './generated/types.ts'
import { request } from './http.ts'
import { type Delivered, MalformedMessage, decodeDelivered, isPosition } from './message.ts'
import { isObject } from './shape.ts'

export interface Glance {
  /** In the order in which a socket would have sent them. */
  readonly delivered: readonly Delivered[]
  /** Where to go on: the next one's `since`. */
  readonly positions: Readonly<Record<string, Position>>
}

/** `origin` as in `location.origin`. Throws a `ProblemError` where the server refuses. */
export async function glance(
  origin: string,
  patterns: readonly string[],
  since?: Glance['positions'] | 'now',
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<Glance> {
  const query = new URLSearchParams({ topics: patterns.join() })
  if (since !== undefined) query.set('since', since === 'now' ? since : JSON.stringify(since))
  const response = await request(fetch, `${origin}/api/topics?${query.toString()}`)
  const answer: unknown = await response.json()
  if (!isObject(answer) || !Array.isArray(answer.envelopes) || !isObject(answer.positions)) {
    throw new MalformedMessage('/api/topics has not the fields it should')
  }
  const positions = Object.entries(answer.positions).flatMap(([topic, position]) =>
    isPosition(position) ? [[topic, position] as const] : [],
  )
  return {
    delivered: answer.envelopes.map((one: unknown) => {
      if (isObject(one) && typeof one.topic === 'string') return decodeDelivered(one.topic, one)
      throw new MalformedMessage('/api/topics delivers something without a topic')
    }),
    positions: Object.fromEntries(positions),
  }
}

/**
 * fallback: the ways for networks that let no WebSocket through. Loaded only when one is needed, so
 * that a page that never needs them does not carry them.
 */
import { pollTransport } from './poll_transport.ts'
import { streamTransport } from './stream_transport.ts'
import type { Transport } from './transport.ts'

export interface Fallback {
  readonly stream: Transport
  readonly poll: Transport
}

/** `origin` as in `location.origin`. */
export function fallbackTo(origin: string, fetch: typeof globalThis.fetch): Fallback {
  return { stream: streamTransport(origin, fetch), poll: pollTransport(origin, fetch) }
}

/**
 * transport: a way on which messages of `bellwether.v1` come and go. The connection decides when to
 * open one and what its end means; a transport only carries texts.
 */

import type { Way } from './ladder.ts'

/** The subprotocol of the WebSocket. */
export const SUBPROTOCOL = 'bellwether.v1'

/** As browsers report an end without a close frame (RFC 6455, section 7.1.5). */
export const NO_ANSWER = 1006
/** The server wants to know again who we are. */
export const SIGN_IN_AGAIN = 4401
/** Another connection took the durable subscription: coming back would take it away again. */
export const TAKEN_OVER = 4409

export interface TransportEvents {
  message(text: string): void
  /** The other end showed that it is there, without a message: a comment, a poll without news. */
  alive(): void
  /** Nothing comes after this. `code` as in RFC 6455, section 7.4; 1006 where there was none. */
  closed(code: number, reason: string): void
}

/** An open way, or one that is being opened. */
export interface Link {
  send(text: string): void
  /** Gives it up at once: `closed` does not follow. */
  close(): void
  /** Asks what is new, where nothing comes by itself. */
  refresh?(): void
}

export interface Transport {
  readonly way: Way
  /** For people: how the page is connected. */
  readonly name: string
  open(events: TransportEvents): Link
}

/** What of `WebSocket` is used; the one of the `ws` package for Node fits as well. */
export interface SocketLike {
  send(text: string): void
  close(): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void
  addEventListener(type: 'error', listener: () => void): void
}

export type SocketFactory = (address: string, protocol: string) => SocketLike

export function webSocketTransport(
  address: string,
  makeSocket: SocketFactory = (to, protocol) => new WebSocket(to, protocol),
): Transport {
  return {
    way: 'socket',
    name: 'WebSocket',
    open(events) {
      let over = false
      const socket = makeSocket(address, SUBPROTOCOL)
      socket.addEventListener('message', ({ data }) => {
        if (!over && typeof data === 'string') events.message(data)
      })
      socket.addEventListener('close', ({ code, reason }) => {
        if (!over) events.closed(code, reason)
        over = true
      })
      // What went wrong is not told to scripts, and `close` follows; Node ends where nobody listens.
      socket.addEventListener('error', () => undefined)
      return {
        send: (text) => socket.send(text),
        close() {
          over = true
          socket.close()
        },
      }
    },
  }
}

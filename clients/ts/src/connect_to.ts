/** connect_to: the usual client for a server's address, by WebSocket and HTTP. */
import { Client, type ClientOptions } from './client.ts'
import { type Api, createApi } from './http.ts'
import { type SocketFactory, webSocketTransport } from './transport.ts'

export interface ConnectOptions extends Partial<
  Pick<ClientOptions, 'attempts' | 'environment' | 'intervalMs'>
> {
  readonly makeSocket?: SocketFactory
  readonly fetch?: typeof globalThis.fetch
}

export interface Connected {
  readonly client: Client
  readonly api: Api
}

/** `origin` as in `location.origin`: `https://bell.example:8420`. Call `client.connect()` to begin. */
export function connectTo(origin: string, options: ConnectOptions = {}): Connected {
  const { makeSocket, fetch, ...rest } = options
  const base = new URL(origin).origin
  const address = new URL('/ws', origin)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  const api = createApi(base, fetch)
  const client = new Client({
    ...rest,
    transport: webSocketTransport(address.href, makeSocket),
    fallback: async () => {
      const { fallbackTo } = await import('./fallback.ts')
      return fallbackTo(base, fetch ?? ((input, init) => globalThis.fetch(input, init)))
    },
    probe: () => api.probe(),
    local: isLocal(address.hostname),
  })
  return { client, api }
}

/** Loopback answers without any network. */
function isLocal(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || /^(127\.|\[::1\]$)/.test(host)
}

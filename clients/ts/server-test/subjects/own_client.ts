/** own_client: the TypeScript client, with waits of milliseconds. */
import { WebSocket } from 'ws'
import { type Environment, connectTo, hostEnvironment, isConnected } from '../../src/index.ts'
import type { Heard } from '../heard.ts'
import type { Carrier } from '../proxy.ts'
import type { Subject } from './subject.ts'

/** Silence and missing welcomes are judged by real time, or a busy machine would look like a dead one. */
const REAL_MS = 10_000
const POLL_MS = 30_000

export function ownClient(carrier: Carrier): Subject {
  return {
    name: `TypeScript client by ${carrier}`,
    carrier,
    watch(origin, patterns) {
      const { client } = connectTo(origin, {
        makeSocket: (address, protocol) => new WebSocket(address, protocol),
        environment: hurried(),
        attempts: Infinity,
      })
      const heard: Heard[] = []
      const faults: string[] = []
      client.on('fault', ({ kind, detail }) => faults.push(`${kind}: ${detail}`))
      for (const pattern of patterns as `app/${string}`[]) {
        client.watchState(pattern, ({ topic, value }) => heard.push({ is: 'state', topic, value }))
        client.watchEvents(pattern, {
          event: ({ topic, position, data }) => heard.push({ is: 'event', topic, position, data }),
          gap: (topic, { to, reason }) => heard.push({ is: 'gap', topic, to, reason }),
        })
      }
      client.connect()
      return Promise.resolve({
        heard,
        faults,
        isConnected: () => isConnected(client.state),
        close() {
          client.close()
          return Promise.resolve()
        },
      })
    },
  }
}

/** A second of waiting takes 5 ms, and what held 10 ms counts as good. */
function hurried(): Environment {
  const own = hostEnvironment()
  const wait = (ms: number) => {
    if (ms < 1_000 || ms === REAL_MS) return ms
    return ms === POLL_MS ? 40 : ms / 200
  }
  return {
    ...own,
    monotonic: () => own.monotonic() * 1_000,
    after: (ms, run) => own.after(wait(ms), run),
  }
}

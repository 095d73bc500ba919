/** connection_log: what the pill and its details tell about the way to the server. */
import {
  type Client,
  type ConnectionState,
  type Environment,
  isConnected,
} from '@bellwether/client'
import { type Ref, ref, shallowRef } from 'vue'
import { useLive } from './live'

export interface Fill {
  /** When the connection came back, on the server's clock. */
  readonly at: number
  readonly outageMs: number
  /** How much of the outage history knew. */
  readonly filledMs: number
}

const LATENCIES = 60
const RATE_MS = 1_000

export class ConnectionLog {
  readonly state: Ref<ConnectionState>
  /** The way that is open, or tried. */
  readonly transport: Ref<string>
  readonly latencies = shallowRef<readonly { readonly at: number; readonly ms: number }[]>([])
  readonly messagesPerSecond: Ref<number> = ref(0)
  readonly resumes: Ref<number> = ref(0)
  readonly resyncs: Ref<number> = ref(0)
  readonly lastError = shallowRef<{ readonly at: number; readonly detail: string }>()
  readonly lastFill = shallowRef<Fill>()
  /** When the connection was lost, on the server's clock; kept until it is back. */
  lostAt: number | undefined
  readonly #stops: (() => void)[]
  #cancel: () => void = () => undefined
  #counted = 0
  #countedAt: number

  constructor(
    private readonly client: Client,
    private readonly environment: Environment,
  ) {
    this.state = shallowRef(client.state)
    this.transport = ref(client.transport)
    this.#countedAt = environment.monotonic()
    this.#stops = [
      client.on('state', (state) => {
        if (isConnected(this.state.value) && !isConnected(state)) this.lostAt = client.serverNow()
        this.state.value = state
        this.transport.value = client.transport
      }),
      client.on('latency', (ms) => {
        this.latencies.value = [...this.latencies.value, { at: client.serverNow(), ms }].slice(
          -LATENCIES,
        )
      }),
      client.on('fault', ({ detail }) => {
        this.lastError.value = { at: client.serverNow(), detail }
      }),
    ]
    this.#schedule()
  }

  stop(): void {
    this.#cancel()
    for (const stop of this.#stops) stop()
  }

  #schedule(): void {
    this.#cancel = this.environment.after(RATE_MS, () => {
      const now = this.environment.monotonic()
      const { messages, opened } = this.client.traffic
      const seconds = (now - this.#countedAt) / 1_000
      this.messagesPerSecond.value = (messages - this.#counted) / seconds
      this.#counted = messages
      this.#countedAt = now
      this.resumes.value = Math.max(0, opened - 1)
      this.resyncs.value = this.client.counters.resyncs
      this.#schedule()
    })
  }
}

export function useConnection() {
  const { client, log, saver } = useLive()
  const { state, latencies, messagesPerSecond, resumes, resyncs, lastError, lastFill } = log
  return {
    /** The union of the client: what the pill says. */
    state: state as Readonly<typeof state>,
    transport: log.transport as Readonly<typeof log.transport>,
    /** Newest last. */
    latencies: latencies as Readonly<typeof latencies>,
    messagesPerSecond: messagesPerSecond as Readonly<typeof messagesPerSecond>,
    /** Connections after the first. */
    resumes: resumes as Readonly<typeof resumes>,
    /** Topics asked for anew because something did not fit. */
    resyncs: resyncs as Readonly<typeof resyncs>,
    lastError: lastError as Readonly<typeof lastError>,
    lastFill: lastFill as Readonly<typeof lastFill>,
    saver: saver.on as Readonly<typeof saver.on>,
    setSaver: (on: boolean) => saver.set(on),
    reconnect: () => client.reconnect(),
  }
}

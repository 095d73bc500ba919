/**
 * client: what a program sees. Watch a topic, and its newest value comes, now and after every loss
 * of the connection; watch events, and each comes once and in order, or the loss of some is told.
 * Enters: wishes, and messages of the connection. Leaves: values, events, gaps, faults.
 */
import { ATTEMPTS, Connection } from './connection.ts'
import { type ConnectionState, type ProbeResult, isConnected } from './connection_state.ts'
import { type Environment, hostEnvironment } from './environment.ts'
import type { Fallback } from './fallback.ts'
import type { Envelope, Gap, Limits, Position } from './generated/types.ts'
import { type Event, Held, NOWHERE, type State } from './held.ts'
import type { Message, Refusal, Welcome } from './message.ts'
import { type Kind, Subscriptions } from './subscriptions.ts'
import {
  type EventOf,
  type EventTopic,
  type PayloadOf,
  type StateTopic,
  matches,
} from './topics.ts'
import type { Transport } from './transport.ts'

export interface ClientOptions {
  readonly transport: Transport
  /** Loads the ways for networks that let no WebSocket through. */
  readonly fallback?: () => Promise<Fallback>
  /** Asked after a failed attempt: does the server answer, and does it know us? */
  readonly probe: () => Promise<ProbeResult>
  readonly environment?: Environment
  /** Attempts without an answer before giving up: 5, as people expect; Infinity for wall screens. */
  readonly attempts?: number
  /** Whether the server is on this machine, so that no network is needed. */
  readonly local?: boolean
  /** Shortest time between two flushes of the server to us. */
  readonly intervalMs?: number
}

export interface StateOf<T extends StateTopic> {
  readonly topic: string
  readonly ts: number
  readonly value: PayloadOf<T>
}

export interface EventListener<T extends EventTopic> {
  event(event: Event & { readonly data: EventOf<T> }): void
  /** Events between two positions are lost. */
  gap(topic: string, gap: Gap): void
}

interface AnyEventListener {
  event(event: Event): void
  gap(topic: string, gap: Gap): void
}

/** Something that should not have happened. The client goes on without it. */
export interface Fault {
  readonly kind: 'message' | 'payload' | 'refused' | 'listener'
  readonly detail: string
}

interface Notices {
  state: ConnectionState
  welcome: Welcome
  latency: number
  fault: Fault
}

/** What came of a request; `undefined` when the connection ended first. */
export type Answered = Extract<Message, { is: 'ok' | 'error' }> | undefined

/** Time for a page to leave and the next one to come, before patterns are taken back. */
export const LINGER_MS = 100
/** Events kept per topic until the server says how long its ring is. */
const RING = 300

export class Client {
  readonly counters = { resyncs: 0, duplicates: 0, faults: 0 }
  /** What the server accepts; `undefined` until a welcome. */
  limits: Limits | undefined
  /** The server's clock less ours, milliseconds; 0 until a welcome. */
  clockOffsetMs = 0
  /** What the server calls the newest connection; nothing before the first welcome. */
  session: string | undefined
  readonly #environment: Environment
  readonly #connection: Connection
  readonly #held = new Held(RING)
  readonly #subscriptions = new Subscriptions()
  readonly #stateListeners = new Map<string, Set<(state: State) => void>>()
  readonly #eventListeners = new Map<string, Set<AnyEventListener>>()
  readonly #noticeListeners: { [N in keyof Notices]: Set<(notice: Notices[N]) => void> } = {
    state: new Set(),
    welcome: new Set(),
    latency: new Set(),
    fault: new Set(),
  }
  /** Requests that are not answered yet: the patterns that they asked for, or who waits. */
  readonly #asked = new Map<number, readonly string[] | ((answer: Answered) => void)>()
  /** Topics whose full value was asked for. */
  readonly #awaitingFull = new Set<string>()
  #nextId = 1
  #welcomed = false
  #additionsDue = false
  #removalsDue = false
  #flushInterval: number | undefined

  constructor(options: ClientOptions) {
    this.#environment = options.environment ?? hostEnvironment()
    this.#flushInterval = options.intervalMs
    this.#connection = new Connection(
      {
        transport: options.transport,
        ...(options.fallback ? { fallback: options.fallback } : {}),
        environment: this.#environment,
        probe: options.probe,
        attempts: options.attempts ?? ATTEMPTS,
        local: options.local ?? false,
      },
      {
        state: (state) => {
          if (!isConnected(state)) {
            this.#welcomed = false
            this.#forgetAsked()
          }
          this.#tell('state', state)
        },
        welcome: (welcome) => this.#resume(welcome),
        message: (message) => this.#receive(message),
        latency: (ms) => this.#tell('latency', ms),
        fault: (detail) => this.#fault('message', detail),
      },
    )
  }

  get state(): ConnectionState {
    return this.#connection.state
  }

  /** For people: the way that is open, or tried. */
  get transport(): string {
    return this.#connection.transport
  }

  /** Messages and characters that came, and connections that were opened. */
  get traffic(): Readonly<{ messages: number; characters: number; opened: number }> {
    return this.#connection.counters
  }

  /** The server's clock, as well as it is known. */
  serverNow(): number {
    return this.#environment.now() + this.clockOffsetMs
  }

  connect(): void {
    this.#connection.open()
  }

  /** Ends it. What is watched stays watched, should it be opened again. */
  close(): void {
    this.#connection.close()
  }

  /** Starts over after the client has given up. */
  reconnect(): void {
    this.#connection.reconnect()
  }

  on<N extends keyof Notices>(name: N, listener: (notice: Notices[N]) => void): () => void {
    this.#noticeListeners[name].add(listener)
    return () => this.#noticeListeners[name].delete(listener)
  }

  /** Watches a state topic, or all that match a pattern. What is known already comes at once. */
  watchState<T extends StateTopic>(pattern: T, listener: (state: StateOf<T>) => void): () => void {
    // The shape of each payload was checked against its topic when it came.
    const checked = listener as (state: State) => void
    for (const state of this.#held.allStates()) {
      if (matches(pattern, state.topic)) this.#call(() => checked(state))
    }
    return this.#watch(this.#stateListeners, pattern, 'state', checked)
  }

  /**
   * Watches events. Those that the ring still has come at once, oldest first. `durable` names a place that
   * the server keeps for this pattern (publish.ts).
   */
  watchEvents<T extends EventTopic>(
    pattern: T,
    listener: EventListener<T>,
    durable?: string,
  ): () => void {
    // As with states.
    const checked = listener as AnyEventListener
    for (const event of this.#held.allEvents()) {
      if (matches(pattern, event.topic)) this.#call(() => checked.event(event))
    }
    return this.#watch(this.#eventListeners, pattern, 'event', checked, durable)
  }

  /** How often the server may flush to us: longer saves energy, values are merged meanwhile. */
  setIntervalMs(ms: number): void {
    if (this.#flushInterval === ms) return
    this.#flushInterval = ms
    if (this.#welcomed) this.#request({ op: 'subscribe', topics: [], interval_ms: ms }, [])
  }

  get intervalMs(): number {
    return this.#flushInterval ?? 100
  }

  /** Stops the states while nobody looks; events still come. */
  pauseStates(paused: boolean): void {
    this.#subscriptions.statesPaused = paused
    this.#scheduleAdditions()
    this.#scheduleRemovals()
  }

  /** A request of what is loaded apart (publish.ts). False where there is no socket to take it. */
  ask(request: object, answered: (answer: Answered) => void): boolean {
    if (this.state.is !== 'live' || this.state.fallback) return false
    this.#request(request, answered)
    return true
  }

  #watch<L>(
    listeners: Map<string, Set<L>>,
    pattern: string,
    kind: Kind,
    listener: L,
    durable?: string,
  ): () => void {
    const same = listeners.get(pattern) ?? new Set()
    listeners.set(pattern, same.add(listener))
    this.#subscriptions.add(pattern, kind, durable)
    this.#scheduleAdditions()
    let over = false
    return () => {
      if (over) return
      over = true
      same.delete(listener)
      if (same.size === 0 && listeners.get(pattern) === same) listeners.delete(pattern)
      this.#subscriptions.remove(pattern)
      this.#scheduleRemovals()
    }
  }

  /** All wishes of one turn go in one request. */
  #scheduleAdditions(): void {
    if (this.#additionsDue) return
    this.#additionsDue = true
    this.#environment.after(0, () => {
      this.#additionsDue = false
      if (this.#welcomed) this.#subscribe(this.#subscriptions.missing())
    })
  }

  #scheduleRemovals(): void {
    if (this.#removalsDue) return
    this.#removalsDue = true
    this.#environment.after(LINGER_MS, () => {
      this.#removalsDue = false
      const surplus = this.#subscriptions.surplus()
      this.#subscriptions.markTaken(surplus)
      if (surplus.length > 0 && this.#welcomed) {
        this.#request({ op: 'unsubscribe', topics: surplus }, [])
      }
      this.#held.forget((topic) => !this.#subscriptions.covers(topic))
    })
  }

  #resume(welcome: Welcome): void {
    this.#welcomed = true
    this.clockOffsetMs = welcome.ts - this.#environment.now()
    this.limits = welcome.limits
    this.#forgetAsked()
    this.session = welcome.session
    this.#awaitingFull.clear()
    this.#subscriptions.reset()
    this.#subscribe(this.#subscriptions.wanted(), welcome.limits.message_bytes)
    this.#tell('welcome', welcome)
  }

  #subscribe(wanted: readonly string[], limit?: number): void {
    // Each durable subscription takes a request of its own.
    const names = new Set(wanted.map((pattern) => this.#subscriptions.durableOf(pattern)))
    for (const durable of names) {
      const topics = wanted.filter((one) => this.#subscriptions.durableOf(one) === durable)
      this.#subscribeTo(topics, durable, limit)
    }
  }

  #subscribeTo(topics: readonly string[], durable: string | undefined, limit = Infinity): void {
    const since: Record<string, Position> = {}
    for (const [topic, position] of this.#held.positions()) {
      if (topics.some((pattern) => matches(pattern, topic))) since[topic] = position
    }
    const interval = this.#flushInterval === undefined ? {} : { interval_ms: this.#flushInterval }
    // Positions would outweigh the place that the server keeps; what comes again is known here.
    const from = durable === undefined ? { since } : { durable }
    const request = { op: 'subscribe', topics, ...from, ...interval }
    // Positions of states only save a full value; those of events must go.
    if (JSON.stringify(request).length > limit) {
      for (const topic of Object.keys(since)) {
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- made here, plain JSON
        if (this.#held.state(topic)) delete since[topic]
      }
    }
    this.#subscriptions.markSent(topics)
    this.#request(request, topics)
  }

  #request(request: object, asked: readonly string[] | ((answer: Answered) => void)): void {
    const id = this.#nextId++
    this.#asked.set(id, asked)
    this.#connection.send(JSON.stringify({ ...request, id }))
  }

  #receive(message: Message): void {
    switch (message.is) {
      case 'envelope': {
        this.#receiveEnvelope(message.envelope)
        return
      }
      case 'gap':
        if (this.#held.takeGap(message.topic, message.gap))
          this.#tellGap(message.topic, message.gap)
        return
      case 'ok':
      case 'error': {
        const id = message.is === 'ok' ? message.id : message.error.id
        const asked = this.#asked.get(id ?? NaN)
        if (id !== undefined) this.#asked.delete(id)
        if (typeof asked === 'function') asked(message)
        else if (message.is === 'error') this.#refused(message.error, asked ?? [])
        return
      }
      case 'welcome':
      case 'pong':
      case 'unknown':
        return
    }
  }

  #receiveEnvelope(envelope: Envelope): void {
    const { topic } = envelope
    // One that was under way when its pattern was taken back.
    if (!this.#subscriptions.covers(topic)) return
    const verdict = this.#held.take(envelope)
    switch (verdict.is) {
      case 'state':
        this.#awaitingFull.delete(topic)
        for (const [pattern, listeners] of this.#stateListeners) {
          if (!matches(pattern, topic)) continue
          for (const listener of [...listeners]) this.#call(() => listener(verdict.state))
        }
        return
      case 'event':
        if (verdict.lost) this.#tellGap(topic, verdict.lost)
        this.#eachEventListener(topic, (listener) => listener.event(verdict.event))
        return
      case 'duplicate':
        this.counters.duplicates += 1
        return
      case 'unfounded': {
        this.#askForFull(topic)
        return
      }
      case 'bad':
        this.#fault('payload', verdict.detail)
        // Once: a server that means what it says would say the same again.
        if ('patch' in envelope) this.#askForFull(topic)
        return
    }
  }

  #askForFull(topic: string): void {
    if (this.#awaitingFull.has(topic)) return
    this.#awaitingFull.add(topic)
    this.counters.resyncs += 1
    // The patterns stay as they are; only the position is new.
    this.#request({ op: 'subscribe', topics: [], since: { [topic]: NOWHERE } }, [])
  }

  /** What is not answered yet will not be. */
  #forgetAsked(): void {
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const one of asked) if (typeof one === 'function') one(undefined)
  }

  #refused(error: Refusal, patterns: readonly string[]): void {
    if (patterns.length > 1) {
      // One of them is wrong; the others shall not suffer for it.
      this.#subscriptions.markTaken(patterns)
      for (const pattern of patterns) this.#subscribe([pattern])
      return
    }
    for (const pattern of patterns) this.#subscriptions.markRefused(pattern)
    this.#fault('refused', [...patterns, error.code, error.detail].join(': '))
  }

  #tellGap(topic: string, gap: Gap): void {
    this.#eachEventListener(topic, (listener) => listener.gap(topic, gap))
  }

  #eachEventListener(topic: string, run: (listener: AnyEventListener) => void): void {
    for (const [pattern, listeners] of this.#eventListeners) {
      if (!matches(pattern, topic)) continue
      for (const listener of [...listeners]) this.#call(() => run(listener))
    }
  }

  /** A listener that throws must not take the others with it. */
  #call(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#fault('listener', String(error))
    }
  }

  #fault(kind: Fault['kind'], detail: string): void {
    this.counters.faults += 1
    this.#tell('fault', { kind, detail })
  }

  #tell<N extends keyof Notices>(name: N, notice: Notices[N]): void {
    for (const listener of [...this.#noticeListeners[name]]) listener(notice)
  }
}

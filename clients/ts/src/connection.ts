/**
 * connection: keeps one way to the server open, and says at any moment how it stands.
 * Enters: what the transport and the browser report. Leaves: decoded messages, and one state.
 * May not know what is subscribed; the client says that anew after each welcome.
 */
import { LONGEST_MS, delayMs } from './backoff.ts'
import type { Environment, Wake } from './environment.ts'
import { MalformedMessage, type Message, type Welcome, decodeMessage } from './message.ts'
import type { Link, Transport } from './transport.ts'

/** From the round trip: under 50, 150 and 300 ms, or more. */
export type Quality = 'excellent' | 'good' | 'fair' | 'poor'

export type ConnectionState =
  | { readonly is: 'connecting' }
  | { readonly is: 'live'; readonly latencyMs: number; readonly quality: Quality }
  | {
      readonly is: 'reconnecting'
      readonly attempt: number
      readonly of: number
      /** This machine's clock, epoch milliseconds; in the past while the attempt is under way. */
      readonly retryAt: number
    }
  | { readonly is: 'offline'; readonly reason: OfflineReason; readonly detail: string }
  /** The server wants to know again who we are. */
  | { readonly is: 'signed_out' }
  /** Ended from our side. */
  | { readonly is: 'closed' }

export type OfflineReason =
  /** Nothing answered, as often as was tried. */
  | 'no_answer'
  /** The browser has no network; it goes on by itself when there is one. */
  | 'no_network'
  /** The server answers, but no WebSocket comes through. */
  | 'socket_blocked'
  /** The server ended it and asked not to come back by ourselves. */
  | 'closed_by_server'
  /** One side does not understand the other: trying again would change nothing. */
  | 'protocol'

/** What a question over plain HTTP told about a socket that does not open. */
export type ProbeResult = 'answers' | 'signed_out' | 'silent'

/** Attempts without any answer before giving up. */
export const ATTEMPTS = 5
/** How often the round trip is measured; the pong also shows that the peer is alive. */
export const PING_MS = 10_000
/** Pings without any frame after which the peer counts as dead. */
const SILENT_PINGS = 2
/** How long an opened socket may take to its welcome. */
export const WELCOME_MS = 10_000
/** After a wake the peer has to show itself sooner: sleep and network changes kill sockets quietly. */
export const WAKE_ANSWER_MS = 5_000
/** A connection that lived that long was good: the next failure starts with the shortest wait. */
const STABLE_MS = 10_000
/** Wakes come in bursts (focus and visible together). */
const WAKE_SPACING_MS = 1_000
/** Round trips of which the middle one counts, so that one late pong changes no colour. */
const MEDIAN_OF = 3

export interface ConnectionEvents {
  state(state: ConnectionState): void
  welcome(welcome: Welcome): void
  message(message: Message): void
  latency(ms: number): void
  fault(detail: string): void
}

export interface ConnectionOptions {
  readonly transport: Transport
  readonly environment: Environment
  /** Asked after an attempt failed, to find out why. */
  readonly probe: () => Promise<ProbeResult>
  /** Infinity: never gives up. */
  readonly attempts: number
  /** Whether the server is on this machine, so that the network does not matter. */
  readonly local: boolean
}

export class Connection {
  /** Bytes of messages, as characters: what counters need. */
  readonly counters = { messages: 0, characters: 0, opened: 0 }
  #current: ConnectionState = { is: 'closed' }
  #link: Link | undefined
  #welcomedAt: number | undefined
  /** Attempts in a row without any answer, which end in giving up. */
  #unanswered = 0
  /** Failures in a row, which make the wait longer. */
  #failures = 0
  #httpAnswers = false
  /** Pings are numbered: a time with fractions may not come back digit by digit. */
  #pings = 0
  #pingSentAt: number | undefined
  #pingsSinceFrame = 0
  #latencies: number[] = []
  #lastAttemptAt = -Infinity
  #cancelTimer: () => void = () => undefined
  #cancelWakeCheck: () => void = () => undefined
  #stopWakes: () => void = () => undefined

  constructor(
    private readonly options: ConnectionOptions,
    private readonly events: ConnectionEvents,
  ) {}

  get state(): ConnectionState {
    return this.#current
  }

  open(): void {
    if (this.#current.is !== 'closed') return
    this.#stopWakes = this.options.environment.onWake((why) => this.#wake(why))
    this.#startOver()
  }

  close(): void {
    this.#stopWakes()
    this.#drop()
    this.#become({ is: 'closed' })
  }

  /** A person asked for it: forget what failed and try at once. */
  reconnect(): void {
    if (this.#current.is === 'closed') this.open()
    else if (this.#current.is !== 'live') this.#startOver()
  }

  /** Sends a text when there is somebody to take it; otherwise the next welcome makes up for it. */
  send(text: string): void {
    if (this.#welcomedAt !== undefined) this.#link?.send(text)
  }

  #startOver(): void {
    this.#drop()
    this.#unanswered = 0
    this.#failures = 0
    this.#become({ is: 'connecting' })
    this.#attempt()
  }

  #attempt(): void {
    const { environment, transport } = this.options
    this.#cancelTimer()
    this.#lastAttemptAt = environment.monotonic()
    const tried = { over: false }
    const once = (code: number, reason: string) => {
      if (tried.over) return
      tried.over = true
      this.#ended(code, reason)
    }
    this.#cancelTimer = environment.after(WELCOME_MS, () => once(NO_ANSWER, 'no welcome came'))
    try {
      const link = transport.open({
        message: (text) => {
          if (!tried.over) this.#receive(text)
        },
        closed: once,
      })
      if (tried.over) link.close()
      else this.#link = link
    } catch (error) {
      // A malformed address or a policy: thrown instead of told.
      once(NO_ANSWER, String(error))
    }
  }

  #receive(text: string): void {
    this.counters.messages += 1
    this.counters.characters += text.length
    this.#pingsSinceFrame = 0
    this.#cancelWakeCheck()
    let message: Message
    try {
      message = decodeMessage(text)
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error
      this.events.fault(error.message)
      return
    }
    if (message.is === 'welcome') this.#welcome(message.welcome)
    else if (message.is === 'pong') this.#pong(message.ts)
    else this.events.message(message)
  }

  #welcome(welcome: Welcome): void {
    this.#welcomedAt = this.options.environment.monotonic()
    this.counters.opened += 1
    this.#unanswered = 0
    this.#latencies = []
    this.#pingsSinceFrame = 0
    this.#ping()
    this.events.welcome(welcome)
  }

  #ping(): void {
    const { environment } = this.options
    this.#pingsSinceFrame += 1
    this.#pings += 1
    this.#pingSentAt = environment.monotonic()
    this.send(JSON.stringify({ op: 'ping', ts: this.#pings }))
    this.#cancelTimer()
    this.#cancelTimer = environment.after(PING_MS, () => {
      if (this.#pingsSinceFrame >= SILENT_PINGS) this.#ended(NO_ANSWER, 'the server fell silent')
      else this.#ping()
    })
  }

  #pong(ping: number): void {
    // One that answers an older ping says nothing about now.
    if (ping !== this.#pings || this.#pingSentAt === undefined) return
    const latency = this.options.environment.monotonic() - this.#pingSentAt
    this.#pingSentAt = undefined
    this.#latencies = [...this.#latencies, latency].slice(-MEDIAN_OF)
    this.events.latency(latency)
    const sorted = [...this.#latencies].sort((a, b) => a - b)
    const latencyMs = sorted[Math.floor(sorted.length / 2)] ?? latency
    this.#become({ is: 'live', latencyMs, quality: qualityOf(latencyMs) })
  }

  /** The link is gone, or as good as gone. The close code carries advice (docs/PROTOCOL.md). */
  #ended(code: number, reason: string): void {
    const { environment } = this.options
    const welcomedAt = this.#welcomedAt
    this.#drop()
    if (welcomedAt !== undefined && environment.monotonic() - welcomedAt >= STABLE_MS) {
      this.#failures = 0
    }
    switch (code) {
      case 4401: {
        this.#become({ is: 'signed_out' })
        return
      }
      case 1000: {
        this.#become({ is: 'offline', reason: 'closed_by_server', detail: reason })
        return
      }
      case 1002:
      case 1003:
      case 1007:
      case 1009: {
        this.#become({ is: 'offline', reason: 'protocol', detail: `${reason} (${code})` })
        return
      }
      case 4429: {
        this.#retry(reason, LONGEST_MS)
        return
      }
      default:
        if (welcomedAt === undefined) {
          // Nobody watches a hidden page, so nobody could press the button: it does not give up.
          if (!environment.hidden()) this.#unanswered += 1
          this.#askWhy()
        }
        {
          this.#retry(reason)
          return
        }
    }
  }

  #retry(reason: string, wait?: number): void {
    const { attempts, environment } = this.options
    if (this.#unanswered >= attempts) {
      const why = this.#httpAnswers ? 'socket_blocked' : 'no_answer'
      this.#become({ is: 'offline', reason: why, detail: reason })
      return
    }
    const ms = wait ?? delayMs(this.#failures, environment.random())
    this.#failures += 1
    const retryAt = environment.now() + ms
    this.#become({ is: 'reconnecting', attempt: this.#unanswered + 1, of: attempts, retryAt })
    this.#cancelTimer = environment.after(ms, () => {
      if (this.#reachable()) this.#attempt()
      else this.#become({ is: 'offline', reason: 'no_network', detail: '' })
    })
  }

  #reachable(): boolean {
    return this.options.local || this.options.environment.online()
  }

  #askWhy(): void {
    const asked = this.#lastAttemptAt
    void this.options.probe().then((result) => {
      // Meanwhile there may have been another attempt, or a person closed it.
      if (asked !== this.#lastAttemptAt || this.#link || this.#current.is === 'closed') return
      this.#httpAnswers = result !== 'silent'
      if (result !== 'signed_out') return
      this.#drop()
      this.#become({ is: 'signed_out' })
    })
  }

  #wake(why: Wake): void {
    const { environment } = this.options
    if (why === 'hidden') return
    switch (this.#current.is) {
      case 'live':
        // Was it asleep? Its socket may be dead without knowing.
        this.#cancelWakeCheck()
        this.#cancelWakeCheck = environment.after(WAKE_ANSWER_MS, () =>
          this.#ended(NO_ANSWER, 'the server did not answer after a wake'),
        )
        {
          this.#ping()
          return
        }
      case 'reconnecting':
      case 'offline': {
        const mayHelp =
          this.#current.is === 'reconnecting' ||
          ['no_answer', 'no_network', 'socket_blocked'].includes(this.#current.reason)
        const recent = environment.monotonic() - this.#lastAttemptAt < WAKE_SPACING_MS
        if (why !== 'offline' && mayHelp && !recent && !this.#link) this.#startOver()
        return
      }
      case 'connecting':
      case 'signed_out':
      case 'closed':
        return
    }
  }

  /** Lets go of the link and of every timer. */
  #drop(): void {
    this.#cancelTimer()
    this.#cancelWakeCheck()
    this.#link?.close()
    this.#link = undefined
    this.#welcomedAt = undefined
    this.#pingSentAt = undefined
  }

  #become(state: ConnectionState): void {
    this.#current = state
    this.events.state(state)
  }
}

/** As browsers report an end without a close frame (RFC 6455, section 7.1.5). */
const NO_ANSWER = 1006

export function qualityOf(latencyMs: number): Quality {
  if (latencyMs < 50) return 'excellent'
  if (latencyMs < 150) return 'good'
  return latencyMs <= 300 ? 'fair' : 'poor'
}

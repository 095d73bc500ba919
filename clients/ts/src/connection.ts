/**
 * connection: keeps one way to the server open, the best that comes through, and says at any moment
 * how it stands.
 * Enters: what transports and the browser report. Leaves: decoded messages, and one state.
 * May not know what is subscribed; the client says that anew after each welcome.
 */
import { Attempt, WELCOME_MS } from './attempt.ts'
import { LONGEST_MS, delayMs } from './backoff.ts'
import { type ConnectionState, type ProbeResult, qualityOf } from './connection_state.ts'
import type { Environment, Wake } from './environment.ts'
import type { Fallback } from './fallback.ts'
import { Ladder, type Way } from './ladder.ts'
import { MalformedMessage, type Message, type Welcome, decodeMessage } from './message.ts'
import { NO_ANSWER, SIGN_IN_AGAIN, TAKEN_OVER, type Transport } from './transport.ts'

export { WELCOME_MS }

/** Attempts without any answer before giving up. */
export const ATTEMPTS = 5
/** How often the round trip is measured; the pong also shows that the peer is alive. */
export const PING_MS = 10_000
/** Pings without any frame after which the peer counts as dead. */
const SILENT_PINGS = 2
/** The same for a stream, which cannot be pinged: the server speaks every 15 to 20 s. */
const SILENT_ROUNDS = 5
/** How often is asked what is new, where nothing comes by itself (P6). */
export const POLL_MS = 30_000
/** How soon a stream looks whether a WebSocket comes through by now; twice as long each time. */
export const SOCKET_AGAIN_MS = 30_000
const SOCKET_AGAIN_LONGEST_MS = 300_000
/** Each poll looks for a WebSocket; every tenth one for a stream instead. */
const POLLS_PER_STREAM = 10
/**
 * After so long a hidden page polls instead of streaming: browsers have six connections to a server
 * over HTTP/1.1 for all their tabs, and each stream holds one.
 */
export const PARK_MS = 30_000
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
  /** The best way: the WebSocket. */
  readonly transport: Transport
  /** Loads the ways for networks that let no WebSocket through; without it there are none. */
  readonly fallback?: () => Promise<Fallback>
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
  readonly #ladder = new Ladder()
  #current: ConnectionState = { is: 'closed' }
  #main: Attempt | undefined
  /** A better way that is tried while the main one works. */
  #better: Attempt | undefined
  #fallback: Fallback | undefined
  #welcomedAt: number | undefined
  /** Attempts in a row without any answer, which end in giving up. */
  #unanswered = 0
  /** Failures in a row, which make the wait longer. */
  #failures = 0
  #httpAnswers = false
  /** Pings are numbered: a time with fractions may not come back digit by digit. */
  #pings = 0
  #pingSentAt: number | undefined
  /** Rounds since the peer was last heard. */
  #silent = 0
  #polls = 0
  /** It polls because the page is hidden, not because streams do not come through. */
  #parked = false
  #socketAgainMs = SOCKET_AGAIN_MS
  #latencies: number[] = []
  #lastAttemptAt = -Infinity
  #cancelTimer: () => void = () => undefined
  #cancelAgain: () => void = () => undefined
  #cancelWakeCheck: () => void = () => undefined
  #cancelPark: () => void = () => undefined
  #stopWakes: () => void = () => undefined

  constructor(
    private readonly options: ConnectionOptions,
    private readonly events: ConnectionEvents,
  ) {}

  get state(): ConnectionState {
    return this.#current
  }

  /** For people: the way that is open, or tried. */
  get transport(): string {
    return (this.#main?.transport ?? this.options.transport).name
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
    if (this.#welcomedAt !== undefined) this.#main?.send(text)
  }

  #startOver(): void {
    this.#drop()
    this.#ladder.startOver()
    this.#unanswered = 0
    this.#failures = 0
    this.#socketAgainMs = SOCKET_AGAIN_MS
    this.#parked = false
    this.#become({ is: 'connecting' })
    this.#attempt()
  }

  #attempt(): void {
    const { environment } = this.options
    this.#cancelTimer()
    this.#lastAttemptAt = environment.monotonic()
    const transport = this.#transportOf(this.#ladder.way)
    if (!transport) {
      this.#load()
      return
    }
    const main = this.#make(transport)
    this.#main = main
    main.start()
  }

  #transportOf(way: Way): Transport | undefined {
    return way === 'socket' ? this.options.transport : this.#fallback?.[way]
  }

  #make(transport: Transport): Attempt {
    return new Attempt(transport, this.options.environment, {
      message: (attempt, text) => this.#receive(attempt, text),
      alive: (attempt) => {
        if (attempt !== this.#main) return
        this.#heard()
        // Said once an answer, not with each of its messages.
        if (this.#current.is === 'polling') this.#refreshed()
      },
      ended: (attempt, code, reason) => {
        if (attempt === this.#better) this.#better = undefined
        else if (attempt === this.#main) this.#ended(code, reason)
      },
    })
  }

  /** Loads the other ways, then tries again. */
  #load(): void {
    const asked = this.#lastAttemptAt
    const still = () => asked === this.#lastAttemptAt && this.#current.is === 'reconnecting'
    this.options.fallback?.().then(
      (fallback) => {
        this.#fallback = fallback
        if (still()) this.#attempt()
      },
      (error: unknown) => {
        if (still()) this.#ended(NO_ANSWER, String(error))
      },
    )
  }

  #receive(attempt: Attempt, text: string): void {
    this.counters.messages += 1
    this.counters.characters += text.length
    let message: Message
    try {
      message = decodeMessage(text)
    } catch (error) {
      if (!(error instanceof MalformedMessage)) throw error
      this.events.fault(error.message)
      return
    }
    if (attempt === this.#better && message.is === 'welcome') {
      // It comes through: what was subscribed goes on there, from where it was.
      this.#better = undefined
      this.#drop()
      this.#main = attempt
    }
    if (attempt !== this.#main) return
    this.#heard()
    if (message.is === 'welcome') this.#welcome(attempt, message.welcome)
    else if (message.is === 'pong') this.#pong(message.ts)
    else this.events.message(message)
  }

  #heard(): void {
    this.#silent = 0
    this.#cancelWakeCheck()
  }

  #welcome(attempt: Attempt, welcome: Welcome): void {
    const { environment } = this.options
    const { way } = attempt.transport
    attempt.welcomed()
    this.#welcomedAt = environment.monotonic()
    this.counters.opened += 1
    this.#ladder.reach(way)
    this.#unanswered = 0
    this.#latencies = []
    this.#silent = 0
    this.#polls = 0
    if (way === 'socket') this.#ping()
    else if (way === 'poll') {
      this.#refreshed()
      this.#waitForPoll()
    } else {
      this.#measured(this.#welcomedAt - attempt.startedAt)
      this.#parked = false
      this.#watchStream()
      this.#lookForSocket()
      if (environment.hidden()) this.#parkLater()
    }
    this.events.welcome(welcome)
  }

  #ping(): void {
    const { environment } = this.options
    this.#silent += 1
    this.#pings += 1
    this.#pingSentAt = environment.monotonic()
    this.send(JSON.stringify({ op: 'ping', ts: this.#pings }))
    this.#cancelTimer()
    this.#cancelTimer = environment.after(PING_MS, () => {
      if (this.#silent >= SILENT_PINGS) this.#ended(NO_ANSWER, 'the server fell silent')
      else this.#ping()
    })
  }

  #pong(ping: number): void {
    // One that answers an older ping says nothing about now.
    if (ping !== this.#pings || this.#pingSentAt === undefined) return
    const latency = this.options.environment.monotonic() - this.#pingSentAt
    this.#pingSentAt = undefined
    this.#measured(latency)
  }

  #measured(latency: number): void {
    this.#latencies = [...this.#latencies, latency].slice(-MEDIAN_OF)
    this.events.latency(latency)
    const sorted = [...this.#latencies].sort((a, b) => a - b)
    const latencyMs = sorted[Math.floor(sorted.length / 2)] ?? latency
    const fallback = this.#ladder.way === 'stream' ? { fallback: true as const } : {}
    this.#become({ is: 'live', latencyMs, quality: qualityOf(latencyMs), ...fallback })
  }

  #watchStream(): void {
    this.#cancelTimer()
    this.#cancelTimer = this.options.environment.after(PING_MS, () => {
      this.#silent += 1
      if (this.#silent >= SILENT_ROUNDS) this.#ended(NO_ANSWER, 'the server fell silent')
      else this.#watchStream()
    })
  }

  #lookForSocket(): void {
    this.#cancelAgain()
    this.#cancelAgain = this.options.environment.after(this.#socketAgainMs, () => {
      this.#tryBetter('socket')
      this.#socketAgainMs = Math.min(SOCKET_AGAIN_LONGEST_MS, 2 * this.#socketAgainMs)
      this.#lookForSocket()
    })
  }

  #waitForPoll(): void {
    this.#cancelTimer()
    this.#cancelTimer = this.options.environment.after(POLL_MS, () => this.#poll())
  }

  #poll(): void {
    if (!this.#reachable()) {
      this.#ended(NO_ANSWER, 'the browser has no network')
      return
    }
    this.#lastAttemptAt = this.options.environment.monotonic()
    this.#waitForPoll()
    this.#polls += 1
    this.#main?.refresh()
    this.#tryBetter(this.#polls % POLLS_PER_STREAM === 0 ? 'stream' : 'socket')
  }

  #parkLater(): void {
    this.#cancelPark()
    this.#cancelPark = this.options.environment.after(PARK_MS, () => {
      const poll = this.#transportOf('poll')
      if (!poll || this.#better) return
      this.#parked = true
      this.#tryBeside(poll)
    })
  }

  #refreshed(): void {
    this.#become({ is: 'polling', refreshedAt: this.options.environment.now() })
  }

  /** Looks whether a better way comes through, beside the one that works. */
  #tryBetter(way: Way): void {
    const transport = this.#transportOf(way)
    if (this.#better || !transport || this.options.environment.hidden()) return
    this.#tryBeside(transport)
  }

  #tryBeside(transport: Transport): void {
    const better = this.#make(transport)
    this.#better = better
    better.start()
  }

  /** The main way is gone, or as good as gone. The close code carries advice (docs/PROTOCOL.md). */
  #ended(code: number, reason: string): void {
    const { environment } = this.options
    const welcomedAt = this.#welcomedAt
    const held = welcomedAt !== undefined && environment.monotonic() - welcomedAt >= STABLE_MS
    this.#drop()
    if (held) {
      this.#failures = 0
      this.#ladder.settle()
    }
    const told = code === 1001 ? /in (\d+) ms/.exec(reason)?.[1] : undefined
    if (told !== undefined) {
      // Each client is told another time, so that they come back spread over time.
      this.#retry(reason, Number(told))
      return
    }
    switch (code) {
      case SIGN_IN_AGAIN:
        this.#become({ is: 'signed_out' })
        return
      case 1000:
      case TAKEN_OVER:
        this.#become({ is: 'offline', reason: 'closed_by_server', detail: reason })
        return
      case 1002:
      case 1003:
      case 1007:
      case 1009:
        this.#become({ is: 'offline', reason: 'protocol', detail: `${reason} (${code})` })
        return
      case 4429:
        this.#retry(reason, LONGEST_MS)
        return
      default:
        // Nobody watches a hidden page, so nobody could press the button: it does not give up.
        if (welcomedAt === undefined && !environment.hidden()) this.#unanswered += 1
        // A failed poll may mean that nothing answers: then it begins at the top.
        if (!held || this.#ladder.way === 'poll') this.#askWhy(welcomedAt !== undefined)
        this.#retry(reason)
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

  #askWhy(opened: boolean): void {
    const asked = this.#lastAttemptAt
    void this.options.probe().then((result) => {
      // Meanwhile there may have been another attempt, or a person closed it.
      if (asked !== this.#lastAttemptAt || this.#main || this.#current.is === 'closed') return
      this.#httpAnswers = result !== 'silent'
      if (result === 'signed_out') {
        this.#drop()
        this.#become({ is: 'signed_out' })
      } else if (result === 'silent') this.#ladder.startOver()
      else if (this.options.fallback && this.#current.is === 'reconnecting') {
        // Another way need not wait for what this one did.
        if (this.#ladder.blocked(opened)) this.#attempt()
      }
    })
  }

  #wake(why: Wake): void {
    const { environment } = this.options
    if (why === 'hidden') {
      if (this.#current.is === 'live' && this.#ladder.way === 'stream') this.#parkLater()
      return
    }
    if (why === 'visible') this.#cancelPark()
    const recent = environment.monotonic() - this.#lastAttemptAt < WAKE_SPACING_MS
    switch (this.#current.is) {
      case 'live':
        if (this.#ladder.way !== 'socket') {
          this.#tryBetter('socket')
          return
        }
        // Was it asleep? Its socket may be dead without knowing.
        this.#cancelWakeCheck()
        this.#cancelWakeCheck = environment.after(WAKE_ANSWER_MS, () =>
          this.#ended(NO_ANSWER, 'the server did not answer after a wake'),
        )
        this.#ping()
        return
      case 'polling':
        if (why !== 'offline' && this.#parked) this.#tryBetter('stream')
        if (why !== 'offline' && !recent) this.#poll()
        return
      case 'reconnecting':
      case 'offline': {
        const mayHelp =
          this.#current.is === 'reconnecting' ||
          ['no_answer', 'no_network', 'socket_blocked'].includes(this.#current.reason)
        if (why !== 'offline' && mayHelp && !recent && !this.#main) this.#startOver()
        return
      }
      case 'connecting':
      case 'signed_out':
      case 'closed':
        return
    }
  }

  /** Lets go of every way and of every timer. */
  #drop(): void {
    this.#cancelTimer()
    this.#cancelAgain()
    this.#cancelWakeCheck()
    this.#cancelPark()
    this.#main?.close()
    this.#better?.close()
    this.#main = undefined
    this.#better = undefined
    this.#welcomedAt = undefined
    this.#pingSentAt = undefined
  }

  #become(state: ConnectionState): void {
    this.#current = state
    this.events.state(state)
  }
}

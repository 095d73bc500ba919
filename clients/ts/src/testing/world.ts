/**
 * world: the client's surroundings for tests: a clock that moves when it is told, and a server that
 * says what it is told. Shared with whoever builds on the client.
 */
import type { Environment, Wake } from '../environment.ts'
import type { Way } from '../ladder.ts'
import type { Link, Transport, TransportEvents } from '../transport.ts'

interface Timer {
  readonly at: number
  readonly run: () => void
}

export class FakeEnvironment implements Environment {
  isHidden = false
  isOnline = true
  /** What `random` gives. */
  dice = 0
  private time = 0
  private readonly timers = new Set<Timer>()
  private readonly listeners = new Set<(why: Wake) => void>()

  constructor(private readonly start = 1_700_000_000_000) {}

  now(): number {
    return this.start + this.time
  }

  monotonic(): number {
    return this.time
  }

  random(): number {
    return this.dice
  }

  hidden(): boolean {
    return this.isHidden
  }

  online(): boolean {
    return this.isOnline
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run }
    this.timers.add(timer)
    return () => this.timers.delete(timer)
  }

  onWake(listener: (why: Wake) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Lets time pass: every timer runs at its time, and promises settle after each. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms
    await settled()
    for (let next = this.next(end); next; next = this.next(end)) {
      this.time = next.at
      this.timers.delete(next)
      next.run()
      await settled()
    }
    this.time = end
  }

  async wake(why: Wake): Promise<void> {
    if (why === 'hidden' || why === 'visible') this.isHidden = why === 'hidden'
    if (why === 'online' || why === 'offline') this.isOnline = why === 'online'
    for (const listener of [...this.listeners]) listener(why)
    await settled()
  }

  get pending(): number {
    return this.timers.size
  }

  private next(end: number): Timer | undefined {
    return [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
  }
}

/** Runs what promises have due, a few deep. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

export interface Request {
  readonly op: string
  readonly id?: number
  readonly ts?: number
  readonly topics?: readonly string[]
  readonly since?: Readonly<Record<string, readonly [number, number]>>
  readonly interval_ms?: number
}

/** The other end of one connection. */
export class FakeLink implements Link {
  readonly requests: Request[] = []
  open = true
  /** How often it was asked what is new. */
  refreshed = 0

  constructor(
    private readonly events: TransportEvents,
    private readonly answers: boolean,
  ) {}

  send(text: string): void {
    const request = JSON.parse(text) as Request
    this.requests.push(request)
    if (!this.answers) return
    if (request.op === 'ping') this.say({ op: 'pong', ts: request.ts })
    else this.say({ op: 'ok', id: request.id })
  }

  close(): void {
    this.open = false
  }

  refresh(): void {
    this.refreshed += 1
    if (this.answers) this.alive()
  }

  alive(): void {
    this.events.alive()
  }

  say(message: unknown): void {
    this.events.message(typeof message === 'string' ? message : JSON.stringify(message))
  }

  welcome(ts: number): void {
    const limits = {
      message_bytes: 65_536,
      patterns: 256,
      interval_max_ms: 10_000,
      messages_per_second: 20,
      ring: 300,
      resume_events: 10_000,
      publish_bytes: 32_768,
      publish_depth: 16,
      publish_numbers: 250,
      publishes_per_second: 50,
      app_topics: 2_000,
      durables: 32,
      durable_topics: 1_024,
      durable_days: 30,
    }
    this.say({ op: 'welcome', session: 's', server: 'test', ts, role: 'admin', limits })
  }

  /** A state envelope: `full` or `patch`. */
  state(
    topic: string,
    [epoch, offset]: readonly [number, number],
    content: object,
    ts = offset,
  ): void {
    this.say({ topic, type: 'state', ts, epoch, offset, ...content })
  }

  event(
    topic: string,
    [epoch, offset]: readonly [number, number],
    data: unknown,
    ts = offset,
  ): void {
    this.say({ topic, type: 'event', ts, epoch, offset, data })
  }

  /** The server ends it, or the network does. */
  end(code = 1006, reason = ''): void {
    this.open = false
    this.events.closed(code, reason)
  }

  last(op: string): Request | undefined {
    return this.requests.findLast((request) => request.op === op)
  }
}

export class FakeServer implements Transport {
  readonly name = 'test'
  readonly links: FakeLink[] = []
  /** Whether requests are answered by themselves. */
  answers = true

  constructor(readonly way: Way = 'socket') {}

  open(events: TransportEvents): Link {
    const link = new FakeLink(events, this.answers)
    this.links.push(link)
    return link
  }

  /** The newest connection. */
  get link(): FakeLink {
    const link = this.links.at(-1)
    if (!link) throw new Error('nobody has connected')
    return link
  }
}

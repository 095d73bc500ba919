/** The two ways over plain HTTP, against a server that says what it is told. */
import { describe, expect, test, vi } from 'vitest'
import { fallbackTo } from './fallback.ts'
import type { Link, TransportEvents } from './transport.ts'

const ORIGIN = 'http://bell.example'
const WELCOME = { op: 'welcome', session: 's', server: 't', ts: 1, role: 'viewer', limits: {} }

/** One request that waits for its answer. */
class Asked {
  private pieces: ReadableStreamDefaultController<Uint8Array> | undefined
  /** How often the reader was ready for more: after all that it was given. */
  private pulls = 0
  constructor(
    private readonly world: World,
    readonly url: URL,
    private readonly resolve: (response: Response) => void,
    readonly signal: AbortSignal | undefined,
  ) {}

  get since(): unknown {
    return JSON.parse(this.url.searchParams.get('since') ?? 'null') as unknown
  }

  get topics(): string | null {
    return this.url.searchParams.get('topics')
  }

  json(body: unknown, status = 200): Promise<void> {
    return this.world.stirs(() => this.resolve(new Response(JSON.stringify(body), { status })))
  }

  async stream(...blocks: string[]): Promise<void> {
    const body = new ReadableStream<Uint8Array>({
      start: (pieces) => void (this.pieces = pieces),
      pull: () => void (this.pulls += 1),
    })
    const answer = () => this.resolve(new Response(body))
    if (blocks.length === 0) {
      await this.world.stirs(answer)
      return
    }
    answer()
    await this.say(...blocks)
  }

  async say(...blocks: string[]): Promise<void> {
    for (const block of blocks) {
      const before = this.pulls
      this.pieces?.enqueue(new TextEncoder().encode(`${block}\n\n`))
      await until(() => this.pulls > before)
    }
  }

  end(): Promise<void> {
    return this.world.stirs(() => this.pieces?.close())
  }
}

/** Looks in turns of the event loop: when it holds, what follows from it by promises has run too. */
function until(condition: () => boolean): Promise<void> {
  return vi.waitFor(
    async () => {
      await new Promise((turn) => setTimeout(turn))
      if (!condition()) throw new Error('nothing came of it')
    },
    { interval: 1, timeout: 5_000 },
  )
}

class World {
  readonly asked: Asked[] = []
  readonly told: unknown[] = []
  alive = 0
  readonly fallback = fallbackTo(ORIGIN, (address, init) => {
    return new Promise((resolve, reject) => {
      const signal = init?.signal ?? undefined
      this.asked.push(new Asked(this, new URL(address as string), resolve, signal))
      signal?.addEventListener('abort', () => reject(new Error('aborted')))
    })
  })

  /** Does something, until it has led to a message, a request, or a sign of life. */
  async stirs(act: () => void): Promise<void> {
    const signs = () => this.told.length + this.asked.length + this.alive
    const before = signs()
    act()
    await until(() => signs() > before)
  }

  async open(way: 'stream' | 'poll'): Promise<Link> {
    const events: TransportEvents = {
      message: (text) => this.told.push(JSON.parse(text)),
      alive: () => (this.alive += 1),
      closed: (code) => this.told.push(code),
    }
    const link = this.fallback[way].open(events)
    await until(() => this.asked.length > 0)
    return link
  }

  /** The newest request. */
  get last(): Asked {
    const last = this.asked.at(-1)
    if (!last) throw new Error('nothing was asked')
    return last
  }
}

function data(message: object): string {
  return `data: ${JSON.stringify(message)}`
}

function state(offset: number): object {
  return { topic: 'host/a/cpu', type: 'state', ts: 1, epoch: 7, offset, full: {} }
}

function event(offset: number): object {
  return { topic: 'host/a/process', type: 'event', ts: 1, epoch: 7, offset, data: offset }
}

const SUBSCRIBE = JSON.stringify({ op: 'subscribe', id: 4, topics: ['host/**'], interval_ms: 200 })

describe('a stream', () => {
  async function opened(): Promise<{ world: World; link: Link }> {
    const world = new World()
    const link = await world.open('stream')
    await world.last.stream(`event: welcome\n${data(WELCOME)}`, 'id: ')
    return { world, link }
  }

  test('is opened for nothing, then anew for each wish, from where it was', async () => {
    const { world, link } = await opened()
    expect(world.last.topics).toBe('-')
    expect(world.told).toEqual([WELCOME])
    await world.stirs(() => link.send(SUBSCRIBE))
    expect(world.asked[0]?.signal?.aborted).toBe(true)
    expect(world.last.topics).toBe('host/**')
    expect(world.last.url.searchParams.get('interval_ms')).toBe('200')
    await world.last.stream(
      `event: welcome\n${data(WELCOME)}`,
      data(state(3)),
      `id: x\n${data(event(9))}`,
    )
    expect(world.told.slice(1)).toEqual([{ op: 'ok', id: 4 }, state(3), event(9)])
    await world.stirs(() =>
      link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: ['system/*'] })),
    )
    expect(world.last.topics).toBe('host/**,system/*')
    expect(world.last.since).toEqual({ 'host/a/cpu': [7, 3], 'host/a/process': [7, 9] })
    link.send(JSON.stringify({ op: 'unsubscribe', id: 6, topics: ['host/**'] }))
    await world.last.stream()
    await until(() => world.last.topics === 'system/*')
    expect(world.last.since).toBeNull()
  })

  test('what came of one that was given up is not told, and not counted as had', async () => {
    const { world, link } = await opened()
    await world.stirs(() => link.send(SUBSCRIBE))
    const first = world.last
    await first.stream(data(event(1)))
    await world.stirs(() =>
      link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: ['system/*'] })),
    )
    await first.say(data(event(2)))
    expect(world.told).not.toContainEqual(event(2))
    expect(world.last.since).toEqual({ 'host/a/process': [7, 1] })
  })

  test('a told gap is a position too', async () => {
    const { world, link } = await opened()
    await world.stirs(() => link.send(SUBSCRIBE))
    const gap = { from: [7, 1], to: [7, 40], reason: 'overrun' }
    await world.last.stream(data({ topic: 'host/a/process', gap }))
    await world.stirs(() => link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: [] })))
    expect(world.last.since).toEqual({ 'host/a/process': [7, 39] })
  })

  test('a wish that is refused is taken back, and the others go on', async () => {
    const { world, link } = await opened()
    await world.stirs(() => link.send(SUBSCRIBE))
    await world.last.stream()
    await world.stirs(() => link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: ['a b'] })))
    await world.last.json({ detail: 'no such pattern' }, 400)
    expect(world.last.topics).toBe('host/**')
    await world.last.stream()
    const refusal = { op: 'error', id: 5, code: 'bad_topic', detail: 'no such pattern' }
    expect(world.told).toContainEqual(refusal)
  })

  test('ends as it is told, or as no answer', async () => {
    for (const [ending, code] of [
      [`event: bye\n${data({ code: 4401, reason: 'signed out' })}`, 4401],
      [`event: bye\n${data({ code: 1001, reason: 'stopping' })}`, 1001],
      // The server cannot go on by a stream; polling can.
      [`event: bye\n${data({ code: 1009, reason: 'too long' })}`, 1006],
      ['event: bye\ndata: what', 1006],
    ] as const) {
      const { world } = await opened()
      await world.last.say(ending)
      expect(world.told.at(-1)).toBe(code)
      await world.last.say(data(state(1)))
      expect(world.told.at(-1)).toBe(code)
    }
    const { world } = await opened()
    await world.last.end()
    expect(world.told.at(-1)).toBe(1006)
  })

  test('a status says why there is none', async () => {
    for (const [status, code] of [
      [401, 4401],
      [403, 4401],
      [404, 1006],
      [502, 1006],
    ] as const) {
      const world = new World()
      await world.open('stream')
      await world.last.json({}, status)
      expect(world.told).toEqual([code])
    }
  })

  test('comments show that it lives', async () => {
    const { world } = await opened()
    const before = world.alive
    await world.last.say(': still here')
    expect(world.alive).toBe(before + 1)
  })

  test('a long address leaves out what only saves full values', async () => {
    const { world, link } = await opened()
    await world.stirs(() => link.send(SUBSCRIBE))
    const many = Array.from({ length: 400 }, (_, i) => ({ ...state(1), topic: `host/h-${i}/cpu` }))
    await world.last.stream(...many.map(data), data(event(9)))
    await world.stirs(() => link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: [] })))
    expect(world.last.since).toEqual({ 'host/a/process': [7, 9] })
    expect(world.last.url.href.length).toBeLessThan(8_000)
  })
})

describe('polling', () => {
  const SESSION = {
    user: 'a',
    role: 'viewer',
    version: '1',
    host: 'web-1',
    ts: 5,
    health: 'healthy',
  }

  async function opened(): Promise<{ world: World; link: Link }> {
    const world = new World()
    const link = await world.open('poll')
    await world.last.json(SESSION)
    return { world, link }
  }

  test('asks when it is told to, from where it was', async () => {
    const { world, link } = await opened()
    expect(world.told).toMatchObject([{ op: 'welcome', ts: 5, role: 'viewer' }])
    await world.stirs(() => link.send(SUBSCRIBE))
    expect(world.last.url.pathname).toBe('/api/topics')
    await world.last.json({ envelopes: [state(3), event(9)], positions: {} })
    expect(world.told.slice(1)).toEqual([state(3), event(9), { op: 'ok', id: 4 }])
    const asked = world.asked.length
    await world.stirs(() => link.refresh?.())
    expect(world.asked).toHaveLength(asked + 1)
    expect(world.last.since).toEqual({ 'host/a/cpu': [7, 3], 'host/a/process': [7, 9] })
    const { alive } = world
    await world.last.json({ envelopes: [], positions: {} })
    expect(world.alive).toBe(alive + 1)
  })

  test('refusals and failures are told like those of a socket', async () => {
    const { world, link } = await opened()
    await world.stirs(() => link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: ['a b'] })))
    const problem = { type: 'x', title: 'x', status: 400, detail: 'no pattern', message: '' }
    await world.last.json(problem, 400)
    expect(world.told.at(-1)).toMatchObject({ op: 'error', id: 5, detail: 'no pattern' })
    await world.stirs(() => link.refresh?.())
    await world.last.json({ nonsense: true })
    expect(world.told.at(-1)).toBe(1006)
    // It is over: nothing is asked any more.
    const asked = world.asked.length
    link.refresh?.()
    await until(() => true)
    expect(world.asked).toHaveLength(asked)

    const other = await opened()
    await other.world.stirs(() => other.link.refresh?.())
    await other.world.last.json({}, 401)
    expect(other.world.told.at(-1)).toBe(4401)
  })
})

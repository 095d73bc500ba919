/** The two ways over plain HTTP, against a server that says what it is told. */
import { describe, expect, test } from 'vitest'
import { fallbackTo } from './fallback.ts'
import { settled } from './testing/world.ts'
import type { Link, TransportEvents } from './transport.ts'

const ORIGIN = 'http://bell.example'
const WELCOME = { op: 'welcome', session: 's', server: 't', ts: 1, role: 'viewer', limits: {} }

/** One request that waits for its answer. */
class Asked {
  private pieces: ReadableStreamDefaultController<Uint8Array> | undefined
  constructor(
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

  async json(body: unknown, status = 200): Promise<void> {
    this.resolve(new Response(JSON.stringify(body), { status }))
    await deeply()
  }

  async stream(...blocks: string[]): Promise<void> {
    const body = new ReadableStream<Uint8Array>({ start: (pieces) => void (this.pieces = pieces) })
    this.resolve(new Response(body))
    await this.say(...blocks)
  }

  async say(...blocks: string[]): Promise<void> {
    for (const block of blocks) this.pieces?.enqueue(new TextEncoder().encode(`${block}\n\n`))
    await deeply()
  }

  async end(): Promise<void> {
    this.pieces?.close()
    await deeply()
  }
}

async function deeply(): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await settled()
    await new Promise((resolve) => setTimeout(resolve))
  }
}

class World {
  readonly asked: Asked[] = []
  readonly told: unknown[] = []
  alive = 0
  readonly fallback = fallbackTo(ORIGIN, (address, init) => {
    return new Promise((resolve, reject) => {
      const signal = init?.signal ?? undefined
      this.asked.push(new Asked(new URL(address as string), resolve, signal))
      signal?.addEventListener('abort', () => reject(new Error('aborted')))
    })
  })

  open(way: 'stream' | 'poll'): Link {
    const events: TransportEvents = {
      message: (text) => this.told.push(JSON.parse(text)),
      alive: () => (this.alive += 1),
      closed: (code) => this.told.push(code),
    }
    return this.fallback[way].open(events)
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
    const link = world.open('stream')
    await deeply()
    await world.last.stream(`event: welcome\n${data(WELCOME)}`, 'id: ')
    return { world, link }
  }

  test('is opened for nothing, then anew for each wish, from where it was', async () => {
    const { world, link } = await opened()
    expect(world.last.topics).toBe('-')
    expect(world.told).toEqual([WELCOME])
    link.send(SUBSCRIBE)
    await deeply()
    expect(world.asked[0]?.signal?.aborted).toBe(true)
    expect(world.last.topics).toBe('host/**')
    expect(world.last.url.searchParams.get('interval_ms')).toBe('200')
    await world.last.stream(
      `event: welcome\n${data(WELCOME)}`,
      data(state(3)),
      `id: x\n${data(event(9))}`,
    )
    expect(world.told.slice(1)).toEqual([{ op: 'ok', id: 4 }, state(3), event(9)])
    link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: ['system/*'] }))
    await deeply()
    expect(world.last.topics).toBe('host/**,system/*')
    expect(world.last.since).toEqual({ 'host/a/cpu': [7, 3], 'host/a/process': [7, 9] })
    link.send(JSON.stringify({ op: 'unsubscribe', id: 6, topics: ['host/**'] }))
    await world.last.stream()
    await deeply()
    expect(world.last.topics).toBe('system/*')
    expect(world.last.since).toBeNull()
  })

  test('what came of one that was given up is not told, and not counted as had', async () => {
    const { world, link } = await opened()
    link.send(SUBSCRIBE)
    await deeply()
    const first = world.last
    await first.stream(data(event(1)))
    link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: ['system/*'] }))
    await deeply()
    await first.say(data(event(2)))
    expect(world.told).not.toContainEqual(event(2))
    expect(world.last.since).toEqual({ 'host/a/process': [7, 1] })
  })

  test('a told gap is a position too', async () => {
    const { world, link } = await opened()
    link.send(SUBSCRIBE)
    await deeply()
    const gap = { from: [7, 1], to: [7, 40], reason: 'overrun' }
    await world.last.stream(data({ topic: 'host/a/process', gap }))
    link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: [] }))
    await deeply()
    expect(world.last.since).toEqual({ 'host/a/process': [7, 39] })
  })

  test('a wish that is refused is taken back, and the others go on', async () => {
    const { world, link } = await opened()
    link.send(SUBSCRIBE)
    await deeply()
    await world.last.stream()
    link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: ['a b'] }))
    await deeply()
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
      world.open('stream')
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
    link.send(SUBSCRIBE)
    await deeply()
    const many = Array.from({ length: 400 }, (_, i) => ({ ...state(1), topic: `host/h-${i}/cpu` }))
    await world.last.stream(...many.map(data), data(event(9)))
    link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: [] }))
    await deeply()
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
    const link = world.open('poll')
    await deeply()
    await world.last.json(SESSION)
    return { world, link }
  }

  test('asks when it is told to, from where it was', async () => {
    const { world, link } = await opened()
    expect(world.told).toMatchObject([{ op: 'welcome', ts: 5, role: 'viewer' }])
    link.send(SUBSCRIBE)
    await deeply()
    expect(world.last.url.pathname).toBe('/api/topics')
    await world.last.json({ envelopes: [state(3), event(9)], positions: {} })
    expect(world.told.slice(1)).toEqual([state(3), event(9), { op: 'ok', id: 4 }])
    const asked = world.asked.length
    await deeply()
    expect(world.asked).toHaveLength(asked)
    link.refresh?.()
    await deeply()
    expect(world.last.since).toEqual({ 'host/a/cpu': [7, 3], 'host/a/process': [7, 9] })
    const { alive } = world
    await world.last.json({ envelopes: [], positions: {} })
    expect(world.alive).toBe(alive + 1)
  })

  test('refusals and failures are told like those of a socket', async () => {
    const { world, link } = await opened()
    link.send(JSON.stringify({ op: 'subscribe', id: 5, topics: ['a b'] }))
    await deeply()
    const problem = { type: 'x', title: 'x', status: 400, detail: 'no pattern', message: '' }
    await world.last.json(problem, 400)
    expect(world.told.at(-1)).toMatchObject({ op: 'error', id: 5, detail: 'no pattern' })
    link.refresh?.()
    await deeply()
    await world.last.json({ nonsense: true })
    expect(world.told.at(-1)).toBe(1006)
    link.refresh?.()
    await deeply()
    expect(world.told.at(-1)).toBe(1006)

    const other = await opened()
    other.link.refresh?.()
    await deeply()
    await other.world.last.json({}, 401)
    expect(other.world.told.at(-1)).toBe(4401)
  })
})

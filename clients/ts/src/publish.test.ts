/** Publishing, by the socket and by HTTP, and durable subscriptions, against a server that is told what to say. */
import { describe, expect, test } from 'vitest'
import { Client } from './client.ts'
import type { Position } from './generated/types.ts'
import { RefusedError, UnansweredError, createPublisher } from './publish.ts'
import { FakeEnvironment, FakeServer, settled } from './testing/world.ts'

const ORIGIN = 'http://bell.example'

interface Posted {
  readonly path: string
  readonly body: unknown
}

function world(
  answer: () => Response | Promise<Response> = () => Response.json({ position: [7, 3] }),
) {
  const environment = new FakeEnvironment()
  const server = new FakeServer()
  const client = new Client({
    transport: server,
    environment,
    probe: () => Promise.resolve('answers' as const),
  })
  const posted: Posted[] = []
  const publisher = createPublisher(client, ORIGIN, {
    environment,
    fetch: (address, init) => {
      const body: unknown = JSON.parse(init?.body as string)
      posted.push({ path: (address as string).slice(ORIGIN.length), body })
      return Promise.resolve(answer())
    },
  })
  async function live(): Promise<void> {
    server.answers = false
    client.connect()
    server.link.welcome(environment.now())
    server.link.say({ op: 'pong', ts: server.link.last('ping')?.ts })
    await settled()
  }
  return { environment, server, client, posted, publisher, live }
}

/** What a promise comes to, without waiting for it. */
function outcome<T>(promise: Promise<T>): { value?: T; error?: unknown } {
  const found: { value?: T; error?: unknown } = {}
  promise.then(
    (value) => (found.value = value),
    (error: unknown) => (found.error = error),
  )
  return found
}

describe('publish', () => {
  test('goes by the socket, and resolves with the position', async () => {
    const { server, publisher, live, posted } = world()
    await live()
    const found = outcome(publisher.publish('app/shop', { orders: 12 }, { full: true, ts: 5 }))
    await settled()
    const asked = server.link.last('publish')
    expect(asked).toMatchObject({
      op: 'publish',
      topic: 'app/shop',
      kind: 'state',
      data: { orders: 12 },
      full: true,
      ts: 5,
    })
    expect(found.value).toBeUndefined()
    server.link.say({ op: 'ok', id: asked?.id, position: [7, 9] })
    await settled()
    expect(found.value).toEqual([7, 9])
    expect(posted).toEqual([])
  })

  test('goes by HTTP while there is no socket', async () => {
    const { publisher, posted } = world()
    expect(await publisher.publish('app/a%20b', 'x', { kind: 'event', priority: 'high' })).toEqual([
      7, 3,
    ])
    const body = { kind: 'event', data: 'x', priority: 'high' }
    expect(posted).toEqual([{ path: '/api/publish/app/a%20b', body }])
  })

  test('what is refused says why, with the limit', async () => {
    const { server, publisher, live } = world()
    await live()
    const found = outcome(publisher.publish('app/shop', 'x'.repeat(10)))
    await settled()
    const id = server.link.last('publish')?.id
    server.link.say({ op: 'error', id, code: 'too_many', detail: 'no', limit: 50 })
    await settled()
    expect(found.error).toBeInstanceOf(RefusedError)
    expect(found.error).toMatchObject({ code: 'too_many', message: 'no', limit: 50 })

    const problem = { type: 'about:blank#too-large', title: '', status: 413, detail: 'no' }
    const other = world(() => Response.json({ ...problem, message: 'no' }, { status: 413 }))
    await expect(other.publisher.publish('app/shop', 1)).rejects.toMatchObject({
      name: 'RefusedError',
      code: 'too_large',
    })
  })

  test('without an answer nobody knows', async () => {
    const { environment, server, publisher, live } = world()
    await live()
    const cut = outcome(publisher.publish('app/shop', { n: 1 }))
    await settled()
    server.link.end()
    await settled()
    expect(cut.error).toBeInstanceOf(UnansweredError)

    const other = world()
    await other.live()
    const late = outcome(other.publisher.publish('app/shop', { n: 1 }))
    await settled()
    await other.environment.pass(10_000)
    expect(late.error).toBeInstanceOf(UnansweredError)
    expect(environment.pending).toBeGreaterThan(0) // it reconnects

    const unreachable = world(() => Promise.reject(new TypeError('nobody')))
    await expect(unreachable.publisher.publish('app/shop', 1)).rejects.toBeInstanceOf(
      UnansweredError,
    )
  })

  test('a welcome of another way ends what was not answered', async () => {
    const { server, publisher, live } = world()
    await live()
    const found = outcome(publisher.publish('app/shop', { n: 1 }))
    await settled()
    server.link.welcome(1)
    await settled()
    expect(found.error).toBeInstanceOf(UnansweredError)
  })

  test('keeps to what the server takes', async () => {
    const { environment, server, publisher, live } = world()
    await live()
    server.link.requests.length = 0
    const all = Array.from({ length: 40 }, (_, n) => publisher.publish('app/shop', { n }))
    for (const one of all) one.catch(() => undefined)
    await settled()
    const sent = () => server.link.requests.filter(({ op }) => op === 'publish').length
    // 18 of the 20 messages a second; those of one second may go at once.
    expect(sent()).toBe(18)
    await environment.pass(500)
    expect(sent()).toBe(27)
    await environment.pass(1_000)
    expect(sent()).toBe(40)
  })
})

describe('a durable subscription', () => {
  test('is named in a request of its own, goes on after what was seen, and is acknowledged', async () => {
    const { environment, server, client, publisher, live } = world()
    const seen: Position[] = []
    client.watchEvents('app/other', { event: () => undefined, gap: () => undefined })
    client.watchEvents(
      'app/jobs',
      { event: ({ position }) => seen.push(position), gap: () => undefined },
      'worker',
    )
    await live()
    const subscribed = () => server.link.requests.filter(({ op }) => op === 'subscribe')
    expect(subscribed()).toMatchObject([
      { topics: ['app/other'], since: {} },
      { topics: ['app/jobs'], durable: 'worker' },
    ])
    // It goes on where the server knows it was.
    expect(subscribed()[1]).not.toHaveProperty('since')
    server.link.event('app/jobs', [7, 4], 'do')
    expect(seen).toEqual([[7, 4]])
    const acked = outcome(publisher.ack('worker', { 'app/jobs': [7, 4] }))
    await settled()
    const asked = server.link.last('ack')
    expect(asked).toMatchObject({ durable: 'worker', positions: { 'app/jobs': [7, 4] } })
    server.link.say({ op: 'ok', id: asked?.id })
    await settled()
    expect(acked).toEqual({ value: undefined })

    server.link.end()
    await environment.pass(2_000)
    server.link.welcome(1)
    expect(subscribed()[1]).toMatchObject({ durable: 'worker' })
    expect(subscribed()[1]).not.toHaveProperty('since')
    // What comes again, a gap before it too, is known.
    const gap = { from: [7, 1], to: [7, 3], reason: 'overrun' }
    server.link.say({ topic: 'app/jobs', gap })
    for (const offset of [3, 4, 5]) server.link.event('app/jobs', [7, offset], 'do')
    expect(seen).toEqual([
      [7, 4],
      [7, 5],
    ])
    server.link.say({ op: 'pong', ts: server.link.last('ping')?.ts })
    const early = outcome(publisher.ack('worker', { 'app/jobs': [7, 5] }))
    await settled()
    const refusal = { op: 'error', code: 'out_of_range', detail: 'not sent that far' }
    server.link.say({ ...refusal, id: server.link.last('ack')?.id })
    await settled()
    await environment.pass(100)
    server.link.say({ op: 'ok', id: server.link.last('ack')?.id })
    await settled()
    expect(early).toEqual({ value: undefined })
  })

  test('that another connection took stays away', async () => {
    const { server, client, live } = world()
    await live()
    server.link.end(4409, 'taken over')
    expect(client.state).toEqual({
      is: 'offline',
      reason: 'closed_by_server',
      detail: 'taken over',
    })
  })

  test('cannot be acknowledged without its socket', async () => {
    const { publisher } = world()
    await expect(publisher.ack('worker', {})).rejects.toBeInstanceOf(UnansweredError)
  })
})

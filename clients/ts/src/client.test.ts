import { beforeEach, describe, expect, test } from 'vitest'
import { Client, type Fault, LINGER_MS } from './client.ts'
import { FakeEnvironment, FakeServer } from './testing/world.ts'

const CPU = 'host/a/cpu'
const MEMORY = 'host/a/memory'
const PROCESS = 'host/a/process'
const none = () => undefined

let world: FakeEnvironment
let server: FakeServer
let client: Client
let faults: Fault[]

beforeEach(() => {
  world = new FakeEnvironment()
  server = new FakeServer()
  faults = []
  client = new Client({
    transport: server,
    environment: world,
    probe: () => Promise.resolve('silent' as const),
    intervalMs: 100,
  })
  client.on('fault', (fault) => faults.push(fault))
})

async function live(): Promise<void> {
  client.connect()
  await world.pass(0)
  server.link.welcome(world.now())
  await world.pass(0)
}

/** The connection breaks and comes back. */
async function again(): Promise<void> {
  server.link.end()
  await world.pass(1_000)
  server.link.welcome(world.now())
  await world.pass(0)
}

function process(pid: number): object {
  return { change: 'started', key: `${pid}:1`, pid, parent_pid: 1, name: 'sh' }
}

describe('subscriptions', () => {
  test('wishes of one turn go in one request, each pattern once', async () => {
    await live()
    client.watchState(CPU, none)
    client.watchState(CPU, none)
    client.watchState(MEMORY, none)
    await world.pass(0)
    const asked = server.link.requests.filter(({ op }) => op === 'subscribe')
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({ topics: [CPU, MEMORY], since: {}, interval_ms: 100 })
  })

  test('what is wanted before the welcome is asked for after it', async () => {
    client.watchState(CPU, none)
    client.connect()
    await world.pass(0)
    expect(server.link.requests).toEqual([])
    server.link.welcome(world.now())
    expect(server.link.last('subscribe')).toMatchObject({ topics: [CPU] })
  })

  test('the last one to leave takes the pattern back, a little later', async () => {
    await live()
    const [first, second] = [client.watchState(CPU, none), client.watchState(CPU, none)]
    await world.pass(0)
    first()
    first()
    await world.pass(LINGER_MS)
    expect(server.link.last('unsubscribe')).toBeUndefined()
    second()
    await world.pass(LINGER_MS - 1)
    expect(server.link.last('unsubscribe')).toBeUndefined()
    await world.pass(1)
    expect(server.link.last('unsubscribe')).toMatchObject({ topics: [CPU] })
  })

  test('leaving and coming at once asks for nothing', async () => {
    await live()
    const stop = client.watchState(CPU, none)
    await world.pass(0)
    const before = server.link.requests.length
    stop()
    client.watchState(CPU, none)
    await world.pass(LINGER_MS)
    expect(server.link.requests).toHaveLength(before)
  })

  test('one refused pattern does not take the others with it', async () => {
    server.answers = false
    await live()
    client.watchState(CPU, none)
    client.watchState('host/a b/cpu', none)
    await world.pass(0)
    const refuse = (id: number | undefined) =>
      server.link.say({ op: 'error', id, code: 'bad_topic', detail: 'no such topic' })
    refuse(server.link.last('subscribe')?.id)
    const [good, bad] = server.link.requests.slice(-2)
    expect([good?.topics, bad?.topics]).toEqual([[CPU], ['host/a b/cpu']])
    refuse(bad?.id)
    expect(faults).toEqual([{ kind: 'refused', detail: 'host/a b/cpu: bad_topic: no such topic' }])
    client.watchState(MEMORY, none)
    await world.pass(0)
    expect(server.link.last('subscribe')?.topics).toEqual([MEMORY])
  })

  test('the flush clock is changed alone, and asked for again after a loss', async () => {
    await live()
    client.watchState(CPU, none)
    await world.pass(0)
    client.setIntervalMs(5_000)
    expect(server.link.last('subscribe')).toMatchObject({ topics: [], interval_ms: 5_000 })
    await again()
    expect(server.link.last('subscribe')).toMatchObject({ topics: [CPU], interval_ms: 5_000 })
  })

  test('while nobody looks only events come; then the states go on where they were', async () => {
    await live()
    const values: unknown[] = []
    client.watchState(CPU, ({ value }) => values.push(value))
    client.watchEvents(PROCESS, { event: none, gap: none })
    await world.pass(0)
    server.link.state(CPU, [1, 4], { full: { cores: {} } })
    client.pauseStates(true)
    await world.pass(LINGER_MS)
    expect(server.link.last('unsubscribe')?.topics).toEqual([CPU])
    client.pauseStates(false)
    await world.pass(LINGER_MS)
    expect(server.link.last('subscribe')).toMatchObject({ topics: [CPU], since: { [CPU]: [1, 4] } })
    server.link.state(CPU, [1, 9], { patch: { load_1m: 1 } })
    expect(values).toEqual([{ cores: {} }, { cores: {}, load_1m: 1 }])
  })
})

describe('states', () => {
  test('a late listener gets what is known at once', async () => {
    await live()
    client.watchState(CPU, none)
    await world.pass(0)
    server.link.state(CPU, [1, 1], { full: { cores: {} } }, 77)
    const seen: unknown[] = []
    client.watchState('host/*/cpu', (state) => seen.push(state))
    expect(seen).toEqual([{ topic: CPU, ts: 77, value: { cores: {} } }])
  })

  test('still so is news: the time moves, the value is the same object', async () => {
    await live()
    const seen: { ts: number; value: unknown }[] = []
    client.watchState(CPU, (state) => seen.push(state))
    await world.pass(0)
    server.link.state(CPU, [1, 1], { full: { cores: {} } }, 10)
    server.link.state(CPU, [1, 2], { patch: {} }, 11)
    expect(seen.map(({ ts }) => ts)).toEqual([10, 11])
    expect(seen[1]?.value).toBe(seen[0]?.value)
  })

  test('after a loss it goes on from the position, and nothing comes twice', async () => {
    await live()
    const offsets: number[] = []
    client.watchState('host/**' as typeof CPU, ({ ts }) => offsets.push(ts))
    await world.pass(0)
    server.link.state(CPU, [1, 7], { full: { cores: {} } })
    await again()
    expect(server.link.last('subscribe')).toMatchObject({
      topics: ['host/**'],
      since: { [CPU]: [1, 7] },
    })
    server.link.state(CPU, [1, 7], { full: { cores: {} } })
    server.link.state(CPU, [1, 8], { patch: {} })
    expect(offsets).toEqual([7, 8])
    expect(client.counters.duplicates).toBe(1)
  })

  test('a patch without its base asks once for the full value', async () => {
    await live()
    const values: unknown[] = []
    client.watchState(CPU, ({ value }) => values.push(value))
    await world.pass(0)
    server.link.state(CPU, [1, 2], { patch: { load_1m: 1 } })
    server.link.state(CPU, [1, 3], { patch: { load_1m: 2 } })
    const asked = server.link.requests.filter(({ since }) => since?.[CPU])
    expect(asked).toMatchObject([{ topics: [], since: { [CPU]: [0, 0] } }])
    expect(client.counters.resyncs).toBe(1)
    server.link.state(CPU, [1, 3], { full: { cores: {} } })
    expect(values).toEqual([{ cores: {} }])
  })

  test('a bad payload is told, not shown, and the client lives on', async () => {
    await live()
    const values: unknown[] = []
    client.watchState(CPU, ({ value }) => values.push(value))
    client.watchState(MEMORY, ({ value }) => values.push(value))
    await world.pass(0)
    server.link.state(CPU, [1, 1], { full: { cores: 3 } })
    server.link.state(MEMORY, [1, 1], { full: { total_bytes: 1 } })
    expect(values).toEqual([{ total_bytes: 1 }])
    expect(faults).toEqual([{ kind: 'payload', detail: `${CPU}: /cores is no object` }])
    server.link.state(CPU, [1, 2], { full: { cores: {} } })
    expect(values).toHaveLength(2)
  })

  test('what nobody wants any more is not shown and not kept', async () => {
    await live()
    const stop = client.watchState(CPU, none)
    await world.pass(0)
    server.link.state(CPU, [1, 1], { full: { cores: {} } })
    stop()
    await world.pass(LINGER_MS)
    server.link.state(CPU, [1, 2], { patch: {} })
    expect(client.counters.resyncs).toBe(0)
    const seen: unknown[] = []
    client.watchState(CPU, (state) => seen.push(state))
    expect(seen).toEqual([])
    await world.pass(0)
    expect(server.link.last('subscribe')?.since).toEqual({})
  })

  test('a listener that throws does not take the others with it', async () => {
    await live()
    let heard = 0
    client.watchState(CPU, () => {
      throw new Error('broken')
    })
    client.watchState(CPU, () => (heard += 1))
    await world.pass(0)
    server.link.state(CPU, [1, 1], { full: { cores: {} } })
    expect(heard).toBe(1)
    expect(faults).toEqual([{ kind: 'listener', detail: 'Error: broken' }])
  })
})

describe('events', () => {
  function listen(): unknown[] {
    const heard: unknown[] = []
    client.watchEvents(PROCESS, {
      event: ({ data }) => heard.push(data.pid),
      gap: (_topic, { reason }) => heard.push(reason),
    })
    return heard
  }

  test('each comes once and in order, also over a loss', async () => {
    await live()
    const heard = listen()
    await world.pass(0)
    server.link.event(PROCESS, [1, 1], process(1))
    server.link.event(PROCESS, [1, 2], process(2))
    await again()
    expect(server.link.last('subscribe')?.since).toEqual({ [PROCESS]: [1, 2] })
    server.link.event(PROCESS, [1, 2], process(2))
    server.link.event(PROCESS, [1, 3], process(3))
    expect(heard).toEqual([1, 2, 3])
  })

  test('a told gap is passed on, and the next loss goes on behind it', async () => {
    await live()
    const heard = listen()
    await world.pass(0)
    server.link.event(PROCESS, [1, 1], process(1))
    await again()
    const gap = { from: [1, 1], to: [2, 5], reason: 'new_epoch' }
    server.link.say({ topic: PROCESS, gap })
    await again()
    expect(server.link.last('subscribe')?.since).toEqual({ [PROCESS]: [2, 4] })
    server.link.event(PROCESS, [2, 5], process(9))
    expect(heard).toEqual([1, 'new_epoch', 9])
  })

  test('a late listener gets those that the ring still has', async () => {
    await live()
    listen()
    await world.pass(0)
    server.link.event(PROCESS, [1, 1], process(1))
    server.link.event(PROCESS, [1, 2], process(2))
    expect(listen()).toEqual([1, 2])
  })
})

test('the clock of the server is known from its welcome', async () => {
  client.connect()
  await world.pass(0)
  server.link.welcome(world.now() - 5_000)
  expect(client.clockOffsetMs).toBe(-5_000)
  expect(client.serverNow()).toBe(world.now() - 5_000)
})

test('positions of states are left out where a request would be too long', async () => {
  await live()
  client.watchState('host/**' as typeof CPU, none)
  client.watchEvents(PROCESS, { event: none, gap: none })
  await world.pass(0)
  for (let i = 0; i < 3_000; i++) {
    server.link.state(`host/host-number-${i}/cpu`, [1_700_000_000_000, 1], { full: { cores: {} } })
  }
  server.link.event(PROCESS, [1, 1], process(1))
  await again()
  expect(server.link.last('subscribe')?.since).toEqual({ [PROCESS]: [1, 1] })
})

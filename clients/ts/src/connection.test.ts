import { beforeEach, describe, expect, test } from 'vitest'
import { LONGEST_MS, SHORTEST_MS, ceilingMs } from './backoff.ts'
import { ATTEMPTS, Connection, PING_MS, WAKE_ANSWER_MS, WELCOME_MS } from './connection.ts'
import { type ConnectionState, type ProbeResult, qualityOf } from './connection_state.ts'
import { FakeEnvironment, FakeServer, settled } from './testing/world.ts'

let world: FakeEnvironment
let server: FakeServer
let states: ConnectionState[]
let faults: string[]
let probed: ProbeResult
let probes: number

beforeEach(() => {
  world = new FakeEnvironment()
  server = new FakeServer()
  states = []
  faults = []
  probed = 'silent'
  probes = 0
})

function open(options: { attempts?: number; local?: boolean } = {}): Connection {
  const connection = new Connection(
    {
      transport: server,
      environment: world,
      probe: () => {
        probes += 1
        return Promise.resolve(probed)
      },
      attempts: options.attempts ?? ATTEMPTS,
      local: options.local ?? false,
    },
    {
      state: (state) => states.push(state),
      welcome: () => undefined,
      message: () => undefined,
      latency: () => undefined,
      fault: (detail) => faults.push(detail),
    },
  )
  connection.open()
  return connection
}

function openLive(options?: Parameters<typeof open>[0]): Connection {
  const connection = open(options)
  server.link.welcome(world.now())
  expect(connection.state.is).toBe('live')
  return connection
}

/** Lets every attempt fail until the connection gives up or `most` have failed. */
async function fail(connection: Connection, most: number): Promise<number> {
  let failed = 0
  while (failed < most) {
    server.link.end()
    failed += 1
    await settled()
    const { state } = connection
    if (state.is !== 'reconnecting') break
    await world.pass(state.retryAt - world.now())
  }
  return failed
}

test('live is what has been welcomed and has answered a ping', () => {
  const connection = open()
  server.answers = false
  expect(states).toEqual([{ is: 'connecting' }])
  server.link.welcome(world.now())
  expect(connection.state).toMatchObject({ is: 'live', latencyMs: 0, quality: 'excellent' })
})

test('the middle of the last round trips counts', async () => {
  server.answers = false
  const connection = open()
  server.link.welcome(world.now())
  expect(connection.state.is).toBe('connecting')
  for (const [latency, shown] of [
    [20, 20],
    [400, 400],
    [30, 30],
    [25, 30],
  ] as const) {
    await world.pass(latency)
    server.link.say({ op: 'pong', ts: server.link.last('ping')?.ts })
    expect(connection.state).toMatchObject({ is: 'live', latencyMs: shown })
    await world.pass(PING_MS - latency)
  }
  // One that answers no ping of ours says nothing.
  server.link.say({ op: 'pong', ts: -1_000 })
  expect(connection.state).toMatchObject({ latencyMs: 30 })
})

test('quality has the limits of P4', () => {
  expect([0, 49.9, 50, 149, 150, 300, 301].map(qualityOf)).toEqual([
    'excellent',
    'excellent',
    'good',
    'good',
    'fair',
    'fair',
    'poor',
  ])
})

describe('reconnecting', () => {
  test('waits longer each time, with jitter, and gives up after five attempts', async () => {
    const connection = open()
    world.dice = 0.999_999
    const waits: number[] = []
    for (let i = 0; i < ATTEMPTS; i++) {
      server.link.end()
      await settled()
      const { state } = connection
      if (state.is !== 'reconnecting') break
      expect(state).toMatchObject({ attempt: i + 2, of: 5 })
      waits.push(state.retryAt - world.now())
      await world.pass(state.retryAt - world.now())
    }
    expect(waits).toEqual([0, 1, 2, 3].map(ceilingMs))
    expect(connection.state).toMatchObject({ is: 'offline', reason: 'no_answer' })
    expect(server.links).toHaveLength(ATTEMPTS)
    await world.pass(3_600_000)
    expect(server.links).toHaveLength(ATTEMPTS)
  })

  test('an answer starts the count again, the shortest wait first', async () => {
    const connection = openLive()
    await world.pass(60_000)
    server.link.end()
    expect(connection.state).toMatchObject({ is: 'reconnecting', attempt: 1 })
    await world.pass(SHORTEST_MS)
    await fail(connection, 2)
    server.link.welcome(world.now())
    expect(connection.state.is).toBe('live')
    await world.pass(60_000)
    server.link.end()
    expect(connection.state).toMatchObject({
      attempt: 1,
      retryAt: world.now() + SHORTEST_MS,
    })
  })

  test('one that is ended again and again at once is met with ever longer waits', async () => {
    const connection = openLive()
    world.dice = 0.999_999
    const waits: number[] = []
    for (let i = 0; i < 6; i++) {
      server.link.end(1001)
      const { state } = connection
      if (state.is !== 'reconnecting') throw new Error(state.is)
      waits.push(state.retryAt - world.now())
      await world.pass(state.retryAt - world.now())
      server.link.welcome(world.now())
    }
    expect(waits).toEqual([0, 1, 2, 3, 4, 5].map(ceilingMs))
  })

  test('is as long as a server that stops says', () => {
    const connection = openLive()
    server.link.end(1001, 'the server is stopping; come back in 4321 ms')
    expect(connection.state).toMatchObject({ retryAt: world.now() + 4_321 })
  })

  test('a person can start over', async () => {
    const connection = open()
    await fail(connection, 5)
    expect(connection.state.is).toBe('offline')
    connection.reconnect()
    expect(connection.state.is).toBe('connecting')
    server.link.welcome(world.now())
    expect(connection.state.is).toBe('live')
  })

  test('one without a limit never gives up', async () => {
    const connection = open({ attempts: Infinity })
    expect(await fail(connection, 50)).toBe(50)
    expect(connection.state.is).toBe('reconnecting')
  })

  test('a hidden page burns no attempts', async () => {
    const connection = openLive()
    await world.wake('hidden')
    expect(await fail(connection, 20)).toBe(20)
    expect(connection.state).toMatchObject({ is: 'reconnecting', attempt: 1 })
  })

  test('a browser without network tries nothing, and at once when there is one', async () => {
    const connection = openLive()
    await world.wake('offline')
    server.link.end()
    await world.pass(3_600_000)
    expect(connection.state).toMatchObject({ is: 'offline', reason: 'no_network' })
    expect(server.links).toHaveLength(1)
    await world.wake('online')
    expect(server.links).toHaveLength(2)
    server.link.welcome(world.now())
    expect(connection.state.is).toBe('live')
  })

  test('a server on this machine needs no network', async () => {
    const connection = openLive({ local: true })
    await world.wake('offline')
    server.link.end()
    await world.pass(SHORTEST_MS)
    server.link.welcome(world.now())
    expect(connection.state.is).toBe('live')
  })

  test('focus starts over, but not in bursts and not beside an attempt', async () => {
    const connection = open()
    await fail(connection, 5)
    const tried = server.links.length
    await world.pass(5_000)
    await world.wake('visible')
    await world.wake('focus')
    expect(server.links).toHaveLength(tried + 1)
    server.link.end()
    await world.wake('focus')
    expect(server.links).toHaveLength(tried + 1)
    expect(connection.state).toMatchObject({ is: 'reconnecting', attempt: 2 })
  })
})

describe('close codes carry advice', () => {
  const check = (code: number, expected: object) => {
    const connection = openLive()
    server.link.end(code, 'why')
    expect(connection.state).toMatchObject(expected)
    connection.close()
  }

  test('each is followed', () => {
    check(1000, { is: 'offline', reason: 'closed_by_server' })
    check(1001, { is: 'reconnecting' })
    check(1002, { is: 'offline', reason: 'protocol', detail: 'why (1002)' })
    check(1003, { is: 'offline', reason: 'protocol' })
    check(1007, { is: 'offline', reason: 'protocol' })
    check(1009, { is: 'offline', reason: 'protocol' })
    check(4401, { is: 'signed_out' })
    check(4408, { is: 'reconnecting' })
    check(4429, { is: 'reconnecting', retryAt: world.now() + LONGEST_MS })
    check(1006, { is: 'reconnecting' })
  })

  test('what trying again would not change is not tried again, not even on focus', async () => {
    const connection = openLive()
    server.link.end(1002, 'why')
    await world.pass(60_000)
    await world.wake('focus')
    expect(server.links).toHaveLength(1)
    connection.reconnect()
    expect(server.links).toHaveLength(2)
  })
})

describe('why a socket does not open', () => {
  test('is asked after a failure, never before', async () => {
    const connection = open()
    expect(probes).toBe(0)
    await fail(connection, 1)
    expect(probes).toBe(1)
  })

  test('who is signed out is told', async () => {
    const connection = open()
    probed = 'signed_out'
    server.link.end()
    await settled()
    expect(connection.state).toEqual({ is: 'signed_out' })
    await world.pass(3_600_000)
    expect(server.links).toHaveLength(1)
  })

  test('a server that answers without a socket is called blocked', async () => {
    const connection = open()
    probed = 'answers'
    await fail(connection, 5)
    expect(connection.state).toMatchObject({ is: 'offline', reason: 'socket_blocked' })
  })

  test('an address that cannot be is a failure, not a crash', async () => {
    server.open = () => {
      throw new SyntaxError('bad address')
    }
    const connection = open()
    await settled()
    expect(connection.state.is).toBe('reconnecting')
  })
})

describe('a dead peer', () => {
  test('is noticed after two pings without any frame', async () => {
    const connection = openLive()
    server.link.requests.length = 0
    server.answers = false
    const { link } = server
    link.send = (text) => void link.requests.push(JSON.parse(text) as never)
    await world.pass(2 * PING_MS)
    expect(connection.state.is).toBe('live')
    expect(link.requests).toHaveLength(2)
    await world.pass(PING_MS)
    expect(connection.state.is).toBe('reconnecting')
    expect(link.open).toBe(false)
  })

  test('any frame shows that it lives', async () => {
    const connection = openLive()
    const { link } = server
    link.send = () => undefined
    for (let i = 0; i < 10; i++) {
      await world.pass(PING_MS)
      link.say({ op: 'ok', id: 1 })
    }
    expect(connection.state.is).toBe('live')
  })

  test('one that never welcomes is given up', async () => {
    const connection = open()
    await world.pass(WELCOME_MS)
    expect(connection.state).toMatchObject({ is: 'reconnecting', attempt: 2 })
    expect(server.links[0]?.open).toBe(false)
  })

  test('after sleep it has to show itself soon', async () => {
    const connection = openLive()
    server.link.send = () => undefined
    await world.wake('visible')
    await world.pass(WAKE_ANSWER_MS)
    expect(connection.state.is).toBe('reconnecting')
  })

  test('after sleep a living one stays', async () => {
    const connection = openLive()
    await world.wake('visible')
    await world.pass(WAKE_ANSWER_MS)
    expect(connection.state.is).toBe('live')
  })
})

test('malformed frames are told and change nothing', () => {
  const connection = openLive()
  for (const text of ['', '{', 'null', '[1]', '{"topic":"a"}', '{"op":"ok"}']) server.link.say(text)
  expect(faults).toHaveLength(6)
  expect(connection.state.is).toBe('live')
})

test('closed means closed: no timer stays, nothing that comes late counts', async () => {
  const connection = openLive()
  const { link } = server
  connection.close()
  expect(connection.state).toEqual({ is: 'closed' })
  expect(link.open).toBe(false)
  expect(world.pending).toBe(0)
  await world.wake('focus')
  expect(server.links).toHaveLength(1)
})

test('pings are whole numbers, which come back as they were', async () => {
  openLive()
  await world.pass(3.3)
  await world.wake('focus')
  await world.pass(0.1 * 3)
  await world.wake('focus')
  const pings = server.link.requests.filter(({ op }) => op === 'ping')
  expect(pings.map(({ ts }) => ts)).toEqual([1, 2, 3])
})

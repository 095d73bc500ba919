/** The order of falling back, and of coming back (docs/PROTOCOL.md). */
import { beforeEach, describe, expect, test } from 'vitest'
import { Connection, PARK_MS, PING_MS, POLL_MS, SOCKET_AGAIN_MS, WELCOME_MS } from './connection.ts'
import type { ConnectionState, ProbeResult } from './connection_state.ts'
import { FakeEnvironment, FakeServer, settled } from './testing/world.ts'

let world: FakeEnvironment
let socket: FakeServer
let stream: FakeServer
let poll: FakeServer
let probed: ProbeResult
let states: ConnectionState[]
let loaded: number
let connection: Connection

beforeEach(() => {
  world = new FakeEnvironment()
  socket = new FakeServer('socket')
  stream = new FakeServer('stream')
  poll = new FakeServer('poll')
  probed = 'answers'
  states = []
  loaded = 0
  connection = new Connection(
    {
      transport: socket,
      fallback: () => {
        loaded += 1
        return Promise.resolve({ stream, poll })
      },
      environment: world,
      probe: () => Promise.resolve(probed),
      attempts: 5,
      local: false,
    },
    {
      state: (state) => states.push(state),
      welcome: () => undefined,
      message: () => undefined,
      latency: () => undefined,
      fault: () => undefined,
    },
  )
})

async function pass(ms: number): Promise<void> {
  await world.pass(ms)
  await settled()
}

/** Fails the newest socket, waits for what comes of it. */
async function block(server: FakeServer): Promise<void> {
  server.link.end()
  await settled()
}

/** The wait until the next attempt. */
async function wait(): Promise<void> {
  const { state } = connection
  if (state.is !== 'reconnecting') throw new Error(state.is)
  await pass(Math.max(0, state.retryAt - world.now()))
}

async function toStream(): Promise<void> {
  connection.open()
  await block(socket)
  await wait()
  await block(socket)
  stream.link.welcome(world.now())
}

async function toPolling(): Promise<void> {
  connection.open()
  await block(socket)
  await wait()
  await block(socket)
  await block(stream)
  poll.link.welcome(world.now())
}

describe('down', () => {
  test('one blocked socket is an accident, two lead to the stream at once', async () => {
    connection.open()
    await block(socket)
    expect(loaded).toBe(0)
    await wait()
    await block(socket)
    expect([socket, stream].map(({ links }) => links.length)).toEqual([2, 1])
    stream.link.welcome(world.now())
    expect(connection.state).toMatchObject({ is: 'live', fallback: true })
    expect(connection.transport).toBe('test')
  })

  test('a stream that does not come through leads to polling', async () => {
    await toPolling()
    expect(connection.state).toEqual({ is: 'polling', refreshedAt: world.now() })
  })

  test('a stream that is held back by a proxy is given up after ten seconds', async () => {
    connection.open()
    await block(socket)
    await wait()
    await block(socket)
    await pass(WELCOME_MS)
    expect(stream.links[0]?.open).toBe(false)
    expect(poll.links).toHaveLength(1)
  })

  test('a socket that opens and is cut again and again is as good as blocked', async () => {
    connection.open()
    for (let i = 0; i < 2; i++) {
      socket.link.welcome(world.now())
      await pass(1_000)
      await block(socket)
      if (i === 0) await wait()
    }
    expect(stream.links).toHaveLength(1)
  })

  test('one that holds is not', async () => {
    connection.open()
    for (let i = 0; i < 5; i++) {
      socket.link.welcome(world.now())
      await pass(60_000)
      await block(socket)
      await wait()
    }
    expect(stream.links).toHaveLength(0)
    expect(loaded).toBe(0)
  })

  test('where nothing answers there is no other way, and five attempts are the end', async () => {
    probed = 'silent'
    connection.open()
    for (let i = 0; i < 4; i++) {
      await block(socket)
      await wait()
    }
    await block(socket)
    expect(connection.state).toMatchObject({ is: 'offline', reason: 'no_answer' })
    expect([socket, stream, poll].map(({ links }) => links.length)).toEqual([5, 0, 0])
    await pass(3_600_000)
    expect(socket.links).toHaveLength(5)
    expect(world.pending).toBe(0)
  })

  test('ways that cannot be loaded are a failure like any other', async () => {
    const broken = new Connection(
      {
        transport: socket,
        fallback: () => Promise.reject(new Error('no such file')),
        environment: world,
        probe: () => Promise.resolve('answers' as const),
        attempts: 5,
        local: false,
      },
      {
        state: () => undefined,
        welcome: () => undefined,
        message: () => undefined,
        latency: () => undefined,
        fault: () => undefined,
      },
    )
    broken.open()
    for (let i = 0; i < 10 && broken.state.is !== 'offline'; i++) {
      if (socket.link.open) await block(socket)
      await pass(30_000)
    }
    expect(broken.state).toMatchObject({ is: 'offline', reason: 'socket_blocked' })
  })
})

describe('by stream', () => {
  test('nothing is sent to keep it alive, and comments show that it is', async () => {
    await toStream()
    stream.link.requests.length = 0
    for (let i = 0; i < 20; i++) {
      await pass(PING_MS)
      if (i % 2 === 0) stream.link.alive()
    }
    expect(connection.state.is).toBe('live')
    expect(stream.link.requests).toEqual([])
  })

  test('a silent one is dead after 50 s', async () => {
    await toStream()
    socket.answers = false
    const { link } = stream
    await pass(5 * PING_MS - 1)
    expect(link.open).toBe(true)
    await pass(1)
    expect(link.open).toBe(false)
    expect(connection.state.is).toBe('reconnecting')
  })

  test('the socket is tried again, more and more seldom, and taken the moment it opens', async () => {
    await toStream()
    const alive = setAlive(stream)
    await alive(SOCKET_AGAIN_MS)
    expect(socket.links).toHaveLength(3)
    socket.link.end()
    expect(connection.state).toMatchObject({ is: 'live', fallback: true })
    await alive(2 * SOCKET_AGAIN_MS)
    expect(socket.links).toHaveLength(4)
    socket.link.welcome(world.now())
    expect(connection.state).toMatchObject({ is: 'live', latencyMs: 0 })
    expect(connection.state).not.toHaveProperty('fallback')
    expect(stream.link.open).toBe(false)
  })

  test('a broken one is opened again', async () => {
    await toStream()
    await setAlive(stream)(20_000)
    stream.link.end()
    await wait()
    expect(stream.links).toHaveLength(2)
    stream.link.welcome(world.now())
    expect(connection.state).toMatchObject({ is: 'live', fallback: true })
  })

  test('a page that stays hidden polls, so that it holds no connection, and streams when it is seen', async () => {
    await toStream()
    await world.wake('hidden')
    await setAlive(stream)(PARK_MS)
    expect(poll.links).toHaveLength(1)
    poll.link.welcome(world.now())
    expect(stream.link.open).toBe(false)
    await pass(3 * POLL_MS)
    expect(poll.link.refreshed).toBe(3)
    await world.wake('visible')
    expect(stream.links).toHaveLength(2)
    stream.link.welcome(world.now())
    expect(connection.state).toMatchObject({ is: 'live', fallback: true })
    expect(poll.link.open).toBe(false)
  })

  test('a page that is hidden for a moment keeps its stream', async () => {
    await toStream()
    await world.wake('hidden')
    await setAlive(stream)(PARK_MS - 10_000)
    await world.wake('visible')
    await setAlive(stream)(10 * PARK_MS)
    expect(poll.links).toHaveLength(0)
  })

  test('advice is followed as on a socket', async () => {
    await toStream()
    stream.link.end(4401, 'signed out')
    expect(connection.state).toEqual({ is: 'signed_out' })
  })
})

/** Lets time pass on a stream that speaks now and then. */
function setAlive(server: FakeServer): (ms: number) => Promise<void> {
  return async (ms) => {
    for (let left = ms; left > 0; left -= 10_000) {
      await pass(Math.min(left, 10_000))
      if (server.link.open) server.link.alive()
    }
  }
}

describe('by polling', () => {
  test('each poll asks once and looks for a socket; every tenth for a stream', async () => {
    await toPolling()
    const tried = socket.links.length
    for (let i = 1; i <= 9; i++) {
      await pass(POLL_MS)
      expect(poll.link.refreshed).toBe(i)
      expect(socket.links).toHaveLength(tried + i)
      socket.link.end()
      expect(connection.state).toEqual({ is: 'polling', refreshedAt: world.now() })
    }
    await pass(POLL_MS)
    expect(stream.links).toHaveLength(2)
    stream.link.welcome(world.now())
    expect(connection.state).toMatchObject({ is: 'live', fallback: true })
    expect(poll.link.open).toBe(false)
  })

  test('it stops the moment the socket is back, and nothing periodic is left but pings', async () => {
    await toPolling()
    await pass(POLL_MS)
    socket.link.welcome(world.now())
    expect(connection.state.is).toBe('live')
    expect(poll.link.open).toBe(false)
    const { refreshed } = poll.link
    await pass(10 * POLL_MS)
    expect(poll.link.refreshed).toBe(refreshed)
    expect([stream, poll].map(({ links }) => links.length)).toEqual([1, 1])
  })

  test('the answer to a poll is told once, however many messages it has', async () => {
    poll.answers = false
    await toPolling()
    const before = states.length
    await pass(POLL_MS)
    for (let offset = 1; offset <= 20; offset++) {
      poll.link.state('host/a/cpu', [1, offset], { full: {} })
    }
    poll.link.alive()
    expect(states.slice(before)).toEqual([{ is: 'polling', refreshedAt: world.now() }])
  })

  test('what the socket that took over brings before its first pong is no poll', async () => {
    await toPolling()
    socket.answers = false
    await pass(POLL_MS)
    const before = states.length
    socket.link.welcome(world.now())
    for (let offset = 1; offset <= 20; offset++) {
      socket.link.state('host/a/cpu', [1, offset], { full: {} })
    }
    expect(states.slice(before)).toEqual([])
    socket.link.say({ op: 'pong', ts: socket.link.last('ping')?.ts })
    expect(states.slice(before).map(({ is }) => is)).toEqual(['live'])
  })

  test('when nothing answers any more, five attempts from the top are the end', async () => {
    await toPolling()
    await pass(POLL_MS)
    probed = 'silent'
    socket.link.end()
    poll.link.end()
    await settled()
    expect(connection.state).toMatchObject({ is: 'reconnecting', attempt: 1 })
    for (let i = 0; i < 5; i++) {
      await wait()
      await block(socket)
    }
    expect(connection.state).toMatchObject({ is: 'offline', reason: 'no_answer' })
    expect(poll.links).toHaveLength(1)
  })

  test('focus asks at once, but not in bursts', async () => {
    await toPolling()
    await pass(5_000)
    await world.wake('visible')
    await world.wake('focus')
    expect(poll.link.refreshed).toBe(1)
  })

  test('a hidden page looks for no better way', async () => {
    await toPolling()
    await world.wake('hidden')
    const tried = socket.links.length
    await pass(10 * POLL_MS)
    expect(socket.links).toHaveLength(tried)
    expect(poll.link.refreshed).toBe(10)
  })

  test('a browser without network asks nothing until there is one', async () => {
    await toPolling()
    await world.wake('offline')
    await pass(3_600_000)
    expect(poll.link.refreshed).toBe(0)
    expect(connection.state).toMatchObject({ is: 'offline', reason: 'no_network' })
    const tried = socket.links.length
    await world.wake('online')
    expect(socket.links).toHaveLength(tried + 1)
    socket.link.welcome(world.now())
    expect(connection.state.is).toBe('live')
  })

  test('closed means closed, whatever was being tried', async () => {
    await toPolling()
    await pass(POLL_MS)
    connection.close()
    expect(world.pending).toBe(0)
    expect([socket, poll].map(({ link }) => link.open)).toEqual([false, false])
  })
})

/**
 * The client against the real server through a proxy that lets less and less through, and then all
 * again: every event comes once and in order, and states end at their newest value, on each way.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import {
  type Client,
  type Environment,
  type Fault,
  connectTo,
  glance,
  hostEnvironment,
  isConnected,
} from '../src/index.ts'
import { Program } from './program.ts'
import { Proxy } from './proxy.ts'

vi.setConfig({ testTimeout: 120_000 })
const PATIENCE = { timeout: 25_000, interval: 20 }
/** Time passes so much faster for the client, so that a poll of 30 s is waited for. */
const FASTER = 10

let program: Program
let proxy: Proxy
let client: Client | undefined
const children: ChildProcess[] = []

beforeAll(async () => {
  program = await Program.start()
})
beforeEach(async () => {
  proxy = await Proxy.start(program.origin)
})
afterEach(async () => {
  client?.close()
  client = undefined
  for (const child of children.splice(0)) child.kill()
  await proxy.stop()
})
afterAll(async () => {
  await program.stop()
})

function hurried(): Environment {
  const own = hostEnvironment()
  return {
    ...own,
    monotonic: () => own.monotonic() * FASTER,
    after: (ms, run) => own.after(ms / FASTER, run),
  }
}

interface Watched {
  readonly client: Client
  readonly host: string
  /** Times of the processor's values, as they came. */
  readonly cpu: number[]
  /** Offsets of process events, as they came. */
  readonly offsets: number[]
  readonly gaps: string[]
  readonly faults: Fault[]
}

async function watch(): Promise<Watched> {
  const { client: made, api } = connectTo(proxy.origin, {
    makeSocket: (address, protocol) => new WebSocket(address, protocol),
    environment: hurried(),
  })
  client = made
  const { host } = await api.session()
  const watched: Watched = { client: made, host, cpu: [], offsets: [], gaps: [], faults: [] }
  made.on('fault', (fault) => watched.faults.push(fault))
  made.watchState(`host/${host}/cpu`, ({ ts }) => watched.cpu.push(ts))
  made.watchEvents(`host/${host}/process`, {
    event: ({ position }) => watched.offsets.push(position[1]),
    gap: (_topic, { reason }) => watched.gaps.push(reason),
  })
  made.connect()
  return watched
}

function until(condition: () => unknown): Promise<void> {
  return vi.waitFor(() => {
    expect(condition()).toBeTruthy()
  }, PATIENCE)
}

async function more(watched: Watched, count = 2): Promise<void> {
  const known = watched.cpu.length
  await until(() => watched.cpu.length >= known + count)
}

/** Something happens, and arrives. */
async function news(watched: Watched): Promise<void> {
  const known = watched.offsets.length
  await startSomething()
  await until(() => watched.offsets.length > known)
}

async function startSomething(): Promise<void> {
  // Long enough to be seen by a scan of every second.
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: 'pipe' })
  await once(child, 'spawn')
  children.push(child)
}

/** Nothing was lost in silence, nothing came twice, nothing was malformed; the newest is there. */
async function whole(watched: Watched): Promise<void> {
  const { cpu, offsets, gaps, faults, host } = watched
  expect(cpu).toEqual([...new Set(cpu)].sort((a, b) => a - b))
  expect(offsets).toEqual(offsets.map((_, i) => (offsets[0] ?? 0) + i))
  expect(gaps).toEqual([])
  expect(faults).toEqual([])
  const seen = await glance(program.origin, [`host/${host}/process`])
  const newest = seen.positions[`host/${host}/process`]?.[1] ?? 0
  await until(() => (offsets.at(-1) ?? 0) >= newest)
}

const isFallback = ({ state }: Client): boolean => state.is === 'live' && state.fallback === true
const isSocket = ({ state }: Client): boolean => state.is === 'live' && state.fallback !== true

test('without WebSockets the stream carries it, and a socket takes over when one comes through', async () => {
  proxy.sockets = 'refuse'
  const watched = await watch()
  await until(() => isFallback(watched.client))
  expect(proxy.count('/ws')).toBe(2)
  await more(watched, 3)
  await news(watched)
  expect(proxy.count('/api/topics')).toBe(0)
  // Other wishes: the stream is opened anew and goes on where it was.
  const memory: number[] = []
  const stop = watched.client.watchState(`host/${watched.host}/memory`, ({ ts }) => memory.push(ts))
  await until(() => memory.length >= 1)
  await news(watched)
  stop()
  await more(watched)

  proxy.sockets = 'pass'
  await until(() => isSocket(watched.client))
  await more(watched)
  await news(watched)
  await whole(watched)
})

test('without streams too it polls, and stops the moment the socket is back', async () => {
  proxy.sockets = 'refuse'
  proxy.streams = 'refuse'
  const watched = await watch()
  await until(() => watched.client.state.is === 'polling')
  await more(watched, 2)
  await news(watched)
  // Each poll looked for a socket.
  await until(() => proxy.count('/api/topics') >= 3 && proxy.count('/ws') >= 4)

  proxy.sockets = 'pass'
  await until(() => isSocket(watched.client))
  const asked = proxy.seen.length
  await more(watched, 4)
  await news(watched)
  expect(proxy.seen.slice(asked)).toEqual([])
  await whole(watched)
})

test('a proxy that holds streams back is found out', async () => {
  proxy.sockets = 'refuse'
  proxy.streams = 'hold'
  const watched = await watch()
  await until(() => watched.client.state.is === 'polling')
  await news(watched)
  await whole(watched)
})

test('cut again and again, on both ways and late, nothing is lost and nothing comes twice', async () => {
  proxy.delayMs = 30
  const watched = await watch()
  await news(watched)
  for (const sockets of ['refuse', 'pass', 'refuse', 'refuse', 'pass'] as const) {
    proxy.sockets = sockets
    proxy.cut()
    await until(() => watched.client.state.is !== 'live')
    await startSomething()
    await until(() => isConnected(watched.client.state))
    await news(watched)
  }
  await whole(watched)
})

test('where nothing answers it gives up after five attempts, and the button starts over', async () => {
  proxy.sockets = 'refuse'
  const watched = await watch()
  await until(() => isFallback(watched.client))
  await news(watched)
  proxy.dead = true
  proxy.cut()
  await until(() => watched.client.state.is === 'offline')
  expect(watched.client.state).toMatchObject({ reason: 'no_answer' })
  await startSomething()
  proxy.dead = false
  proxy.sockets = 'pass'
  watched.client.reconnect()
  await until(() => isSocket(watched.client))
  await news(watched)
  await whole(watched)
})

test('the server is killed while a stream is open: the loss is told, and values go on', async () => {
  proxy.sockets = 'refuse'
  const watched = await watch()
  await until(() => isFallback(watched.client))
  await more(watched)
  await news(watched)
  await program.kill()
  await until(() => !isConnected(watched.client.state))
  await program.restart()
  await until(() => isConnected(watched.client.state))
  await more(watched)
  // The topic of events comes into being with the first one, and the gap is told with it.
  await startSomething()
  await until(() => watched.gaps.length > 0)
  await news(watched)
  expect(watched.gaps).toEqual(['new_epoch'])
  expect(watched.cpu).toEqual([...new Set(watched.cpu)].sort((a, b) => a - b))
  expect(watched.faults).toEqual([])
})

test('what is no pattern is refused on each way, and the others go on', async () => {
  proxy.sockets = 'refuse'
  for (const streams of ['pass', 'refuse'] as const) {
    proxy.streams = streams
    const { client: other, api } = connectTo(proxy.origin, {
      makeSocket: (address, protocol) => new WebSocket(address, protocol),
      environment: hurried(),
    })
    client = other
    const { host } = await api.session()
    const faults: string[] = []
    let values = 0
    other.on('fault', ({ detail }) => faults.push(detail))
    other.watchState(`host/a b/cpu`, () => undefined)
    other.watchState(`host/${host}/cpu`, () => (values += 1))
    other.connect()
    await until(() => values >= 2 && faults.length >= 1)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toContain('host/a b/cpu: bad_topic')
    other.close()
  }
})

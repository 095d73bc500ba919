/** The client against the real server: values come and move, and come again after it was killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import {
  type Client,
  type Connected,
  type Event,
  type Fault,
  ProblemError,
  connectTo,
  glance,
} from '../src/index.ts'
import { Program } from './program.ts'

let program: Program
const clients: Client[] = []
const children: ChildProcess[] = []

beforeAll(async () => {
  program = await Program.start()
})

afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  for (const child of children.splice(0)) child.kill()
})

afterAll(async () => {
  await program.stop()
})

const PATIENCE = { timeout: 15_000, interval: 20 }

function connect(): Connected & { readonly faults: Fault[] } {
  const connected = connectTo(program.origin, {
    makeSocket: (address, protocol) => new WebSocket(address, protocol),
  })
  const faults: Fault[] = []
  connected.client.on('fault', (fault) => faults.push(fault))
  clients.push(connected.client)
  return { ...connected, faults }
}

function until(condition: () => unknown): Promise<void> {
  return vi.waitFor(() => {
    expect(condition()).toBeTruthy()
  }, PATIENCE)
}

test('values of the host come and move, as what the shapes say', async () => {
  const { client, api, faults } = connect()
  const { host } = await api.session()
  const seen = new Map<string, number[]>()
  client.watchState(`host/${host}/*` as `host/${string}/cpu`, ({ topic, ts }) => {
    seen.set(topic, [...(seen.get(topic) ?? []), ts])
  })
  client.connect()
  const part = (name: string) => seen.get(`host/${host}/${name}`) ?? []
  await until(() => client.state.is === 'live')
  await until(() => part('cpu').length >= 3 && part('memory').length >= 2)
  await until(() => ['summary', 'processes'].every((name) => part(name).length >= 1))
  for (const times of seen.values()) {
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
  }
  expect(client.state).toMatchObject({ is: 'live', quality: 'excellent' })
  expect(faults).toEqual([])
})

test('killed and started again: the client comes back by itself and goes on', async () => {
  const { client, api, faults } = connect()
  const { host } = await api.session()
  const cpu: number[] = []
  client.watchState(`host/${host}/cpu`, ({ ts }) => cpu.push(ts))
  const events: Event[] = []
  const gaps: string[] = []
  client.watchEvents(`host/${host}/process`, {
    event: (event) => events.push(event),
    gap: (_topic, { reason }) => gaps.push(reason),
  })
  client.connect()
  await until(() => cpu.length >= 2)
  await startSomething()
  await until(() => events.length >= 1)
  const states: string[] = []
  client.on('state', ({ is }) => states.push(is))

  await program.kill()
  await until(() => client.state.is === 'reconnecting')
  await program.restart()
  await until(() => client.state.is === 'live')
  const known = cpu.length
  await until(() => cpu.length >= known + 2)

  expect(states[0]).toBe('reconnecting')
  expect(states.at(-1)).toBe('live')
  expect(cpu).toEqual([...new Set(cpu)].sort((a, b) => a - b))
  // The topic of events comes into being with the first one, and the gap is told with it.
  await startSomething()
  await until(() => gaps.length > 0)
  expect(gaps).toEqual(['new_epoch'])
  const keys = events.map(({ position }) => position.join())
  expect(new Set(keys).size).toBe(keys.length)
  expect(faults).toEqual([])
})

test('a lost socket resumes: no event is lost, none comes twice', async () => {
  const sockets: WebSocket[] = []
  const { client, api } = connectTo(program.origin, {
    makeSocket: (address, protocol) => {
      const socket = new WebSocket(address, protocol)
      sockets.push(socket)
      return socket
    },
  })
  clients.push(client)
  const { host } = await api.session()
  const offsets: number[] = []
  const gaps: string[] = []
  client.watchEvents(`host/${host}/process`, {
    event: ({ position }) => offsets.push(position[1]),
    gap: (_topic, { reason }) => gaps.push(reason),
  })
  client.connect()
  await until(() => client.state.is === 'live')
  await startSomething()
  await until(() => offsets.length >= 1)
  sockets[0]?.terminate()
  await until(() => client.state.is === 'reconnecting')
  // Starts processes while nobody listens.
  await startSomething()
  const before = offsets.length
  await until(() => client.state.is === 'live' && offsets.length > before)
  expect(gaps).toEqual([])
  expect(offsets).toEqual(offsets.map((_, i) => (offsets[0] ?? 0) + i))
})

test('history has what came live', async () => {
  const { client, api } = connect()
  const { host } = await api.session()
  const seen = new Map<number, number>()
  client.watchState(`host/${host}/cpu`, ({ ts, value }) => {
    if (value.total_percent !== undefined) seen.set(ts, value.total_percent)
  })
  client.connect()
  await until(() => seen.size >= 3)
  const name = `host/${host}/cpu/total_percent`
  const times = [...seen.keys()]
  await vi.waitFor(async () => {
    const answer = await api.series({ names: [name], from: times[0] ?? 0 })
    const [series] = answer.series
    expect(series).toMatchObject({ name, unit: 'percent' })
    for (const at of times) {
      const row = series?.at_ms.indexOf(at) ?? -1
      expect(series?.mean[row]).toBeCloseTo(seen.get(at) ?? NaN, 6)
    }
  }, PATIENCE)
})

test('a glance by HTTP goes on where the one before ended', async () => {
  const { api } = connect()
  const { host } = await api.session()
  const first = await glance(program.origin, [`host/${host}/cpu`])
  expect(first.delivered).toMatchObject([{ is: 'envelope', envelope: { type: 'state' } }])
  const at = (seen: typeof first) => seen.positions[`host/${host}/cpu`]?.[1] ?? 0
  await vi.waitFor(async () => {
    const next = await glance(program.origin, [`host/${host}/cpu`], first.positions)
    expect(next.delivered).toHaveLength(1)
    expect(at(next)).toBeGreaterThan(at(first))
  }, PATIENCE)
})

test('settings are kept, and what is wrong is told by a problem', async () => {
  const { api } = connect()
  await api.settings.patch({ theme: 'dark', pins: ['a'] })
  expect(await api.settings.patch({ pins: null })).toEqual({ theme: 'dark' })
  expect(await api.settings.read()).toEqual({ theme: 'dark' })
  const wrong = api.series({ names: ['a//b'] })
  await expect(wrong).rejects.toBeInstanceOf(ProblemError)
  await expect(wrong).rejects.toMatchObject({ status: 400 })
})

test('a pattern that is none is refused and told, the others go on', async () => {
  const { client, api, faults } = connect()
  const { host } = await api.session()
  let values = 0
  client.watchState(`host/a b/cpu`, () => undefined)
  client.watchState(`host/${host}/cpu`, () => (values += 1))
  client.connect()
  await until(() => values >= 2 && faults.length >= 1)
  expect(faults).toHaveLength(1)
  expect(faults[0]?.detail).toContain('host/a b/cpu: bad_topic')
})

async function startSomething(): Promise<void> {
  // Long enough to be seen by a scan of every second.
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: 'pipe' })
  await once(child, 'spawn')
  children.push(child)
}

/** The official Socket.IO client against the real server: by polling, by WebSocket, and from one to the other. */
import { type ManagerOptions, type Socket, type SocketOptions, io } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { Program } from './program.ts'

let program: Program
const sockets: Socket[] = []

beforeAll(async () => {
  program = await Program.start()
})

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.disconnect()
})

afterAll(async () => {
  await program.stop()
})

interface Heard {
  event: string
  payload: Record<string, unknown>
}

/** A client that keeps all that it hears, in order. */
function connect(options: Partial<ManagerOptions & SocketOptions>): {
  socket: Socket
  heard: Heard[]
} {
  const heard: Heard[] = []
  const socket = io(program.origin, {
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
    ...options,
  })
  socket.onAny((event: string, payload: Record<string, unknown>) => {
    heard.push({ event, payload })
  })
  sockets.push(socket)
  return { socket, heard }
}

function until(condition: () => unknown): Promise<void> {
  return vi.waitFor(
    () => {
      expect(condition()).toBeTruthy()
    },
    { timeout: 20_000, interval: 20 },
  )
}

function named(heard: Heard[], event: string): Heard['payload'][] {
  return heard.filter((one) => one.event === event).map((one) => one.payload)
}

const WAYS = [
  { way: 'polling only', transports: ['polling'], ends: 'polling' },
  { way: 'websocket only', transports: ['websocket'], ends: 'websocket' },
  { way: 'the upgrade', transports: ['polling', 'websocket'], ends: 'websocket' },
]

test.each(WAYS)('$way: the status first, then real updates, and answers', async (way) => {
  const { socket, heard } = connect({ transports: way.transports })
  await until(() => named(heard, 'system:metrics_update').length >= 2)
  expect(heard[0]?.event).toBe('system:initial_status')
  await until(() => socket.io.engine.transport.name === way.ends)

  const [first, second] = named(heard, 'system:metrics_update')
  expect(first).toMatchObject({ type: 'metrics_update', system: { available: true } })
  expect(Number(second?.update_count)).toBeGreaterThan(Number(first?.update_count))
  expect(Number(second?.timestamp)).toBeGreaterThan(Number(first?.timestamp))
  const system = second?.system as { memory: { total_mb: number }; top_processes: unknown[] }
  expect(system.memory.total_mb).toBeGreaterThan(64)
  expect(system.top_processes.length).toBeGreaterThan(0)

  heard.length = 0
  socket.emit('request_gpu_update')
  await until(() => named(heard, 'system:metrics_update').some((it) => it.urgency === 'critical'))
  socket.emit('request_monitoring_stats')
  await until(() => named(heard, 'system:monitoring_stats').length > 0)
  expect(named(heard, 'system:monitoring_stats')[0]).toMatchObject({ active: true })
})

test('a session survives its upgrade, and nothing comes twice', async () => {
  const { socket, heard } = connect({ transports: ['polling', 'websocket'] })
  const sessions = new Set<string | undefined>()
  socket.on('connect', () => sessions.add(socket.id))
  await until(() => socket.connected && socket.io.engine.transport.name === 'websocket')
  await until(() => named(heard, 'system:metrics_update').length >= 3)
  expect(sessions.size).toBe(1)
  const counts = named(heard, 'system:metrics_update').map((update) => update.update_count)
  expect(new Set(counts).size).toBe(counts.length)
  expect(named(heard, 'system:initial_status')).toHaveLength(1)
})

test('a malformed packet ends the session, and the client comes back to the whole status', async () => {
  const { socket, heard } = connect({ transports: ['websocket'] })
  await until(() => named(heard, 'system:metrics_update').length > 0)
  let ended = 0
  socket.on('disconnect', () => (ended += 1))
  socket.io.engine.write('2["not', {})
  await until(() => ended === 1)
  await until(() => named(heard, 'system:initial_status').length === 2)
})

test('a server that is killed and started again is found again', async () => {
  const { socket, heard } = connect({ transports: ['polling', 'websocket'] })
  await until(() => named(heard, 'system:initial_status').length === 1)
  await program.kill()
  await until(() => !socket.connected)
  await program.restart()
  await until(() => named(heard, 'system:initial_status').length === 2)
  await until(() => heard.at(-1)?.event !== 'system:initial_status')
})

import type { Cpu, Disks, Memory, Process, Processes } from '@bellwether/client'
import { expect, it } from 'vitest'
import { answersOf } from './answer'
import { type HostNow, judgeAll, loadPerCore, vitalsOf } from './vitals'

function process(part: Partial<Process>): Process {
  return {
    pid: 1,
    parent_pid: 0,
    name: 'init',
    state: 'sleeping',
    threads: 1,
    memory_bytes: 0,
    memory_percent: 0,
    started_at_ms: 0,
    kernel: false,
    ...part,
  }
}

function processes(...list: Process[]): Processes {
  const all = Object.fromEntries(list.map((one) => [`${String(one.pid)}:1`, one]))
  return { total: list.length, running: 0, threads: 0, unreadable: 0, processes: all }
}

const calm: Cpu = { total_percent: 4.2, cores: { '0': {}, '1': {} }, load_1m: 0.3 }
const memory: Memory = { total_bytes: 100, used_percent: 61, available_bytes: 39 * 1024 ** 3 }

function disks(used: Record<string, number>): Disks {
  const filesystems = Object.fromEntries(
    Object.entries(used).map(([mount, used_percent]) => [
      mount,
      {
        device: '/dev/sda1',
        kind: 'ext4',
        total_bytes: 0,
        used_bytes: 0,
        available_bytes: 12 * 1024 ** 3,
        used_percent,
        read_only: false,
      },
    ]),
  )
  return { devices: {}, filesystems }
}

/** What the card says once everything has lasted long enough. */
function say(host: Omit<HostNow, 'id'>): string[] {
  const whole = { id: 'atlas', ...host }
  const vitals = vitalsOf(whole)
  const judged = judgeAll(judgeAll(new Map(), vitals, 0), vitals, 60_000)
  const { shown, more } = answersOf(whole, judged, { kind: 'live' })
  const lines = shown.map((one) => `${one.status}: ${one.sentence} | ${one.detail}`)
  return [...lines, ...(more > 0 ? [`${String(more)} more`] : [])].map((line) =>
    line.replaceAll('\u00a0', ' '),
  )
}

it('a calm host is one line, with its busiest process', () => {
  const list = processes(process({}), process({ pid: 812, name: 'postgres', cpu_percent: 4.2 }))
  expect(say({ cpu: calm, memory, disks: disks({ '/': 43 }), processes: list })).toEqual([
    'ok: All quiet on atlas. Busiest: postgres, 4 % of one core. | CPU 4 %, memory 61 %, fullest disk / 43 %.',
  ])
})

it('an idle host names nobody', () => {
  expect(say({ cpu: calm, processes: processes(process({ cpu_percent: 0 })) })).toEqual([
    'ok: All quiet on atlas. | CPU 4 %.',
  ])
})

it('says number, limit and who is behind it', () => {
  const list = processes(
    process({ pid: 4121, name: 'python', cpu_percent: 312.4, memory_bytes: 8 * 1024 ** 3 }),
  )
  expect(say({ cpu: { ...calm, total_percent: 96 }, memory, processes: list })).toEqual([
    'crit: CPU of atlas is at 96 %, over the limit of 90 %. | Busiest: python (PID 4121), 312 % of one core.',
  ])
  expect(say({ cpu: calm, memory: { ...memory, used_percent: 84 }, processes: list })).toEqual([
    'warn: Memory of atlas is 84 % used, over the limit of 80 %. | 39.0 GiB available. Largest: python (PID 4121), 8.00 GiB.',
  ])
})

it('does not say over of what is below again', () => {
  const busy = { id: 'atlas', cpu: { ...calm, load_1m: 4.4 } }
  const falling = { id: 'atlas', cpu: { ...calm, load_1m: 3.8 } }
  const before = judgeAll(new Map(), vitalsOf(busy), 0)
  const judged = judgeAll(before, vitalsOf(falling), 1_000)
  expect(answersOf(falling, judged, { kind: 'live' }).shown[0].sentence).toBe(
    'Load of atlas is 1.90 per core, not yet well below the limit of 2.',
  )
})

it('names the disk that is full, never an average', () => {
  expect(say({ cpu: calm, disks: disks({ '/': 10, '/data': 97 }) })).toEqual([
    'crit: /data on atlas is 97 % full, over the limit of 95 %. | 12.0 GiB left.',
  ])
})

it('puts the worst first and counts what has no room', () => {
  const lines = say({
    cpu: { ...calm, total_percent: 85 },
    memory: { ...memory, used_percent: 95 },
    disks: disks({ '/': 92, '/data': 97 }),
  })
  expect(lines.map((line) => line.slice(0, 12))).toEqual([
    'crit: Memory',
    'crit: /data ',
    'warn: CPU of',
    '1 more',
  ])
})

it('a busy processor, its load and who waits for it are one story', () => {
  const stall = { some_10s_percent: 60, some_60s_percent: 0 }
  const lines = say({
    cpu: { ...calm, total_percent: 96, load_1m: 9 },
    pressure: { cpu: stall, io: { ...stall, some_10s_percent: 30 } },
  })
  expect(lines.map((line) => line.split('|')[0]?.trim())).toEqual([
    'crit: CPU of atlas is at 96 %, over the limit of 90 %.',
    'warn: Tasks on atlas waited for storage 30 % of the last 10 s, over the limit of 20 %.',
  ])
})

it('says what tasks wait for', () => {
  const stall = { some_10s_percent: 34, some_60s_percent: 0 }
  expect(say({ cpu: calm, pressure: { memory: stall } })[0]).toBe(
    'warn: Tasks on atlas waited for memory 34 % of the last 10 s, over the limit of 20 %. | ',
  )
})

it('does not call a silent host quiet', () => {
  const host: HostNow = { id: 'atlas', cpu: calm }
  const since = new Date(2026, 10, 21, 9, 43, 12).getTime()
  const { shown } = answersOf(host, new Map(), {
    kind: 'silent',
    sinceMs: since,
    nowMs: since + 60_000,
  })
  expect(shown[0]).toMatchObject({
    status: 'unknown',
    sentence: 'Nothing heard from atlas since 09:43:12.',
  })
  expect(answersOf(host, new Map(), { kind: 'waiting' }).shown[0].status).toBe('unknown')
})

it('load is judged per core', () => {
  expect(loadPerCore({ id: 'a', cpu: { ...calm, load_1m: 3 } })).toBe(1.5)
  expect(loadPerCore({ id: 'a' })).toBeUndefined()
})

import type { Process } from '@bellwether/client'
import { expect, it } from 'vitest'
import { NO_ORDER, type Order, arrange } from './order'
import { type Column, type Row, compareBy, filterRows, rowsOf } from './rows'

function row(
  pid: number,
  cpu: number | undefined,
  more: Partial<Process> = {},
  command?: string,
): Row {
  const process: Process = {
    pid,
    parent_pid: 1,
    name: `p${String(pid)}`,
    state: 'sleeping',
    threads: 1,
    memory_bytes: 0,
    memory_percent: 0,
    started_at_ms: 0,
    kernel: false,
    ...(cpu === undefined ? {} : { cpu_percent: cpu }),
    ...more,
  }
  return { key: `${String(pid)}:1`, process, command }
}

function pids(rows: readonly Row[]): number[] {
  return rows.map((one) => one.process.pid)
}

function sorted(rows: Row[], column: Column, down: boolean): number[] {
  return pids([...rows].sort(compareBy({ column, down })))
}

it('sorts by number and by text, unknown last both ways', () => {
  const rows = [row(1, 5), row(2, undefined), row(3, 50), row(4, 0)]
  expect(sorted(rows, 'cpu', true)).toEqual([3, 1, 4, 2])
  expect(sorted(rows, 'cpu', false)).toEqual([4, 1, 3, 2])
  expect(sorted([row(1, 0, { name: 'b' }), row(2, 0, { name: 'A' })], 'name', false)).toEqual([
    2, 1,
  ])
})

it('equal rows keep an order of their own', () => {
  const rows = [row(9, 0), row(3, 0), row(5, 0, { memory_bytes: 7 })]
  expect(sorted(rows, 'cpu', true)).toEqual([5, 3, 9])
})

it('finds by any word in name, user, pid or command', () => {
  const rows = [
    row(1, 0, { name: 'postgres', user: 'pg' }),
    row(42, 0, { name: 'python' }, 'python train.py'),
  ]
  expect(pids(filterRows(rows, 'TRAIN py'))).toEqual([42])
  expect(pids(filterRows(rows, '42'))).toEqual([42])
  expect(pids(filterRows(rows, ' '))).toEqual([1, 42])
  expect(pids(filterRows(rows, 'nobody'))).toEqual([])
})

it('joins command lines where the role may see them', () => {
  const { process } = row(1, 0)
  const processes = {
    total: 1,
    running: 0,
    threads: 1,
    unreadable: 0,
    processes: { '1:1': process },
  }
  expect(rowsOf(processes, { commands: { '1:1': '/sbin/init' } })[0]?.command).toBe('/sbin/init')
  expect(rowsOf(processes, undefined)[0]?.command).toBeUndefined()
  expect(rowsOf(undefined, undefined)).toEqual([])
})

const compare = compareBy({ column: 'cpu', down: true })

function next(before: Order, rows: Row[], nowMs: number, held = false, force = false): Order {
  return arrange(before, rows, { compare, held, force, nowMs })
}

it('sorts once a second, not with every change', () => {
  const first = next(NO_ORDER, [row(1, 1), row(2, 2)], 0)
  expect(pids(first.rows)).toEqual([2, 1])
  const early = next(first, [row(1, 9), row(2, 2)], 500)
  expect(pids(early.rows)).toEqual([2, 1])
  expect(early.rows[1]?.process.cpu_percent).toBe(9)
  expect(pids(next(early, [row(1, 9), row(2, 2)], 1_000).rows)).toEqual([1, 2])
})

it('while held nothing moves: what ended stays, what is new waits below', () => {
  const first = next(NO_ORDER, [row(1, 1), row(2, 2)], 0)
  const held = next(first, [row(1, 9), row(3, 50)], 5_000, true)
  expect(pids(held.rows)).toEqual([2, 1, 3])
  expect([...held.ended]).toEqual(['2:1'])
  const freed = next(held, [row(1, 9), row(3, 50)], 5_100)
  expect(pids(freed.rows)).toEqual([3, 1])
  expect(freed.ended.size).toBe(0)
})

it('another order is obeyed even while held', () => {
  const first = next(NO_ORDER, [row(1, 1), row(2, 2)], 0)
  expect(pids(next(first, [row(1, 9), row(2, 2)], 100, true, true).rows)).toEqual([1, 2])
})

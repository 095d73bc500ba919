/**
 * rows: processes as a table wants them: joined with their command lines, filtered, in order.
 * Plain functions; what holds an order while somebody points at it is in order.ts.
 */

import type { Commands, Process, Processes, ProcessState } from '@bellwether/client'

export interface Row {
  /** The process's key: pid and start time, so that a reused pid is another row. */
  readonly key: string
  readonly process: Process
  /** Absent for kernel threads, and for roles that may not see it. */
  readonly command: string | undefined
}

export type Column =
  | 'name'
  | 'pid'
  | 'user'
  | 'state'
  | 'cpu'
  | 'memory'
  | 'read'
  | 'written'
  | 'threads'
  | 'started'
  | 'command'

export interface Sorting {
  readonly column: Column
  readonly down: boolean
}

export const STATE_WORD: Record<ProcessState, string> = {
  running: 'Running',
  sleeping: 'Sleeping',
  blocked: 'I/O wait',
  idle: 'Idle',
  stopped: 'Stopped',
  zombie: 'Zombie',
}

export function rowsOf(processes: Processes | undefined, commands: Commands | undefined): Row[] {
  return Object.entries(processes?.processes ?? {}).map(([key, process]) => ({
    key,
    process,
    command: commands?.commands[key],
  }))
}

/** What a column is sorted by: a number, a text, or nothing known. */
function sortKey(row: Row, column: Column): number | string | undefined {
  const { process } = row
  switch (column) {
    case 'name':
      return process.name.toLowerCase()
    case 'pid':
      return process.pid
    case 'user':
      return process.user
    case 'state':
      return STATE_WORD[process.state]
    case 'cpu':
      return process.cpu_percent
    case 'memory':
      return process.memory_bytes
    case 'read':
      return process.read_bytes_per_second
    case 'written':
      return process.written_bytes_per_second
    case 'threads':
      return process.threads
    case 'started':
      return process.started_at_ms
    case 'command':
      return row.command
  }
}

/** Columns whose first click sorts the largest to the top. */
export function startsDown(column: Column): boolean {
  return !['name', 'pid', 'user', 'state', 'command'].includes(column)
}

/** Unknown comes last in both directions; equal rows by memory, then by pid, so that they stay put. */
export function compareBy({ column, down }: Sorting): (a: Row, b: Row) => number {
  return (a, b) => {
    const [one, other] = [sortKey(a, column), sortKey(b, column)]
    if (one === undefined || other === undefined) {
      if (one === other) return tie(a, b)
      return one === undefined ? 1 : -1
    }
    const order = one < other ? -1 : one > other ? 1 : 0
    return order === 0 ? tie(a, b) : down ? -order : order
  }
}

function tie(a: Row, b: Row): number {
  return b.process.memory_bytes - a.process.memory_bytes || a.process.pid - b.process.pid
}

/** Every word must be somewhere in name, user, command line or pid. */
export function filterRows(rows: readonly Row[], wanted: string): Row[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...rows]
  return rows.filter((row) => {
    const { name, user, pid } = row.process
    const text = `${name} ${user ?? ''} ${String(pid)} ${row.command ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** The columns of the process table: what they are called, how wide they are, what they write. */

import { bytes, bytesPerSecond, count, percent, timeOrShortDate } from '../../../format/format'
import { type Column, type Row, STATE_WORD } from './rows'

export interface ColumnSpec {
  readonly id: Column
  readonly title: string
  /** Said in full, where the title is short. */
  readonly hint: string
  readonly numeric: boolean
  /** Left out where there is little room; the phone shows two lines instead. */
  readonly from: 'phone' | 'tablet' | 'desktop'
  readonly text: (row: Row, nowMs: number) => string
}

function quietZero(text: (value: number | undefined) => string) {
  return (value: number | undefined): string => (value === 0 ? '0' : text(value))
}

const rate = quietZero(bytesPerSecond)

export const COLUMNS: readonly ColumnSpec[] = [
  {
    id: 'name',
    title: 'Name',
    hint: 'Name, as the kernel has it',
    numeric: false,
    from: 'phone',
    text: (row) => row.process.name,
  },
  {
    id: 'pid',
    title: 'PID',
    hint: 'Process id',
    numeric: true,
    from: 'tablet',
    text: (row) => String(row.process.pid),
  },
  {
    id: 'user',
    title: 'User',
    hint: 'Who it runs as',
    numeric: false,
    from: 'tablet',
    text: (row) => row.process.user ?? '–',
  },
  {
    id: 'state',
    title: 'State',
    hint: 'What it is doing',
    numeric: false,
    from: 'tablet',
    text: (row) => STATE_WORD[row.process.state],
  },
  {
    id: 'cpu',
    title: 'CPU, of one core',
    hint: 'Per cent of one core: 200 % is two full cores',
    numeric: true,
    from: 'phone',
    text: (row) => percent(row.process.cpu_percent),
  },
  {
    id: 'memory',
    title: 'Memory',
    hint: 'Memory held in RAM (resident set)',
    numeric: true,
    from: 'phone',
    text: (row) => bytes(row.process.memory_bytes),
  },
  {
    id: 'read',
    title: 'Read',
    hint: 'Read from storage each second',
    numeric: true,
    from: 'desktop',
    text: (row) => rate(row.process.read_bytes_per_second),
  },
  {
    id: 'written',
    title: 'Written',
    hint: 'Written to storage each second',
    numeric: true,
    from: 'desktop',
    text: (row) => rate(row.process.written_bytes_per_second),
  },
  {
    id: 'threads',
    title: 'Threads',
    hint: 'Threads',
    numeric: true,
    from: 'desktop',
    text: (row) => count(row.process.threads),
  },
  {
    id: 'started',
    title: 'Started',
    hint: 'When it was started',
    numeric: true,
    from: 'desktop',
    text: (row, nowMs) => timeOrShortDate(row.process.started_at_ms, nowMs),
  },
  {
    id: 'command',
    title: 'Command line',
    hint: 'Command line, secrets cut out',
    numeric: false,
    from: 'desktop',
    text: (row) => row.command ?? (row.process.kernel ? 'kernel thread' : '–'),
  },
]

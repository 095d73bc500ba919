/** What the tables of control groups and of users show. */

import type { Cgroup, CgroupKind, User } from '@bellwether/client'
import type { TableColumn } from '../../../components/table/columns'
import * as format from '../../../format/format'
import { type Status, statusOf } from '../../../status/status'

export type GroupRow = Cgroup & { readonly key: string }
export type UserRow = User & { readonly key: string }

const KINDS: Record<CgroupKind, string> = {
  service: 'Service',
  container: 'Container',
  scope: 'Scope',
  slice: 'Slice',
  machine: 'Machine',
  other: 'Group',
}

export function kindOf({ kind, runtime, pod }: Cgroup): string {
  const parts = [runtime, pod].filter((part) => part !== undefined)
  return parts.length === 0 ? KINDS[kind] : `${KINDS[kind]}, ${parts.join(', ')}`
}

/** Memory of a group without a limit is only as bad as that of its host. */
const MEMORY = { warn: 80, crit: 90 } as const
const THROTTLED = { warn: 10, crit: 50 } as const

export function memoryStatus({ memory_percent: percent }: Cgroup): Status {
  return percent === undefined ? 'ok' : statusOf(percent, MEMORY)
}

export function throttledStatus({ throttled_percent: percent }: Cgroup): Status {
  return percent === undefined ? 'ok' : statusOf(percent, THROTTLED)
}

function worstPressure(row: Cgroup): number | undefined {
  const all = [row.cpu_pressure_percent, row.memory_pressure_percent, row.io_pressure_percent]
  const known = all.filter((one) => one !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

function traffic({ read_bytes_per_second: read, written_bytes_per_second: written }: Cgroup) {
  return read === undefined && written === undefined ? undefined : (read ?? 0) + (written ?? 0)
}

function quiet(write: (value: number | undefined) => string, value: number | undefined): string {
  return value === 0 ? '0' : write(value)
}

export const GROUPS: readonly TableColumn<GroupRow>[] = [
  {
    id: 'name',
    title: 'Name',
    from: 'phone',
    text: ({ name }) => name,
    sub: (row) =>
      [kindOf(row), row.memory_limit_bytes === undefined ? '' : memoryText(row)]
        .filter(Boolean)
        .join(', '),
    order: ({ name }) => name.toLowerCase(),
  },
  { id: 'kind', title: 'Kind', width: '13%', text: kindOf, order: kindOf },
  {
    id: 'cpu',
    title: 'CPU',
    hint: 'Per cent of one core: 200 % is two full cores',
    numeric: true,
    width: '92px',
    from: 'phone',
    text: ({ cpu_percent }) => format.percent(cpu_percent),
    sub: ({ memory_bytes }) => format.bytes(memory_bytes),
    order: ({ cpu_percent }) => cpu_percent,
    down: true,
  },
  {
    id: 'cpuLimit',
    title: 'CPU limit',
    hint: 'Of one core, at most; a dash where there is none',
    numeric: true,
    width: '92px',
    from: 'desktop',
    text: ({ cpu_limit_percent }) => format.roughPercent(cpu_limit_percent),
    order: ({ cpu_limit_percent }) => cpu_limit_percent,
  },
  {
    id: 'throttled',
    title: 'Held back',
    hint: 'How often it used up its CPU limit and was held back',
    numeric: true,
    width: '92px',
    text: ({ throttled_percent }) => quiet(format.percent, throttled_percent),
    order: ({ throttled_percent }) => throttled_percent,
    down: true,
  },
  {
    id: 'memory',
    title: 'Memory',
    hint: 'Working set, against its limit where it has one',
    width: '19%',
    text: memoryText,
    order: (row) => row.working_set_bytes ?? row.memory_bytes,
    down: true,
  },
  {
    id: 'pressure',
    title: 'Waits',
    hint: 'Time that tasks waited for a processor, memory or I/O: the worst of the three',
    numeric: true,
    width: '80px',
    from: 'desktop',
    text: (row) => quiet(format.percent, worstPressure(row)),
    order: worstPressure,
    down: true,
  },
  {
    id: 'io',
    title: 'I/O',
    hint: 'Read and written, together',
    numeric: true,
    width: '96px',
    from: 'desktop',
    text: (row) => quiet(format.bytesPerSecond, traffic(row)),
    order: traffic,
    down: true,
  },
  {
    id: 'tasks',
    title: 'Tasks',
    hint: 'Processes and threads in it',
    numeric: true,
    width: '68px',
    from: 'desktop',
    text: ({ tasks }) => format.count(tasks),
    order: ({ tasks }) => tasks,
    down: true,
  },
]

export function memoryText(row: Cgroup): string {
  const used = format.bytes(row.working_set_bytes ?? row.memory_bytes)
  return row.memory_limit_bytes === undefined
    ? used
    : `${used} of ${format.bytes(row.memory_limit_bytes)}`
}

export const USERS: readonly TableColumn<UserRow>[] = [
  {
    id: 'name',
    title: 'User',
    from: 'phone',
    text: ({ key }) => key,
    sub: ({ processes, sessions }) =>
      `${format.count(processes)} processes, ${format.count(sessions)} sessions`,
    order: ({ key }) => key,
  },
  {
    id: 'cpu',
    title: 'CPU',
    hint: 'Of all processes of the user: per cent of one core',
    numeric: true,
    width: '18%',
    from: 'phone',
    text: ({ cpu_percent }) => format.percent(cpu_percent),
    sub: ({ memory_bytes }) => format.bytes(memory_bytes),
    order: ({ cpu_percent }) => cpu_percent,
    down: true,
  },
  {
    id: 'memory',
    title: 'Memory',
    hint: 'Held in RAM; shared pages count in each process',
    numeric: true,
    width: '18%',
    text: ({ memory_bytes }) => format.bytes(memory_bytes),
    order: ({ memory_bytes }) => memory_bytes,
    down: true,
  },
  {
    id: 'processes',
    title: 'Processes',
    numeric: true,
    width: '18%',
    text: ({ processes }) => format.count(processes),
    order: ({ processes }) => processes,
    down: true,
  },
  {
    id: 'sessions',
    title: 'Sessions',
    hint: 'Open terminals, remote shells and desktops',
    numeric: true,
    width: '18%',
    text: ({ sessions }) => format.count(sessions),
    order: ({ sessions }) => sessions,
    down: true,
  },
]

/** What the tables of file systems and block devices show. */

import type { BlockDevice, Filesystem } from '@bellwether/client'
import type { TableColumn } from '../../../components/table/columns'
import * as format from '../../../format/format'

export type FilesystemRow = Filesystem & { readonly key: string }
export type DeviceRow = BlockDevice & { readonly key: string }

/** A device that is busy nearly all the time makes others wait. */
export const BUSY_LIMITS = { warn: 90 } as const

/** A rate of nothing is a plain zero, so that what moves stands out. */
function rate(write: (value: number | undefined) => string, value: number | undefined): string {
  return value === 0 ? '0' : write(value)
}

export const FILESYSTEMS: readonly TableColumn<FilesystemRow>[] = [
  {
    id: 'mount',
    title: 'Mounted at',
    from: 'phone',
    text: ({ key }) => key,
    sub: (row) => `${format.bytes(row.available_bytes)} left${row.read_only ? ', read-only' : ''}`,
  },
  { id: 'device', title: 'Device', width: '16%', from: 'desktop', text: ({ device }) => device },
  {
    id: 'kind',
    title: 'Type',
    width: '132px',
    text: ({ kind, read_only }) => `${kind}${read_only ? ', read-only' : ''}`,
  },
  {
    id: 'used',
    title: 'Used',
    width: '20%',
    from: 'phone',
    text: ({ used_percent }) => format.percent(used_percent),
  },
  {
    id: 'left',
    title: 'Left',
    numeric: true,
    width: '92px',
    text: ({ available_bytes }) => format.bytes(available_bytes),
  },
  {
    id: 'size',
    title: 'Size',
    numeric: true,
    width: '92px',
    from: 'desktop',
    text: ({ total_bytes }) => format.bytes(total_bytes),
  },
  {
    id: 'inodes',
    title: 'File entries',
    hint: 'File entries (inodes) in use; a dash where they are not limited',
    numeric: true,
    width: '92px',
    from: 'desktop',
    text: ({ inodes_used_percent }) => format.percent(inodes_used_percent),
  },
  { id: 'status', title: 'Status', width: '104px', text: () => '' },
]

export const DEVICES: readonly TableColumn<DeviceRow>[] = [
  {
    id: 'name',
    title: 'Device',
    from: 'phone',
    text: ({ key }) => key,
    sub: (row) =>
      `busy ${format.percent(row.busy_percent)}, queue ${format.ratio(row.queue_length)}`,
  },
  {
    id: 'size',
    title: 'Size',
    numeric: true,
    width: '88px',
    text: ({ size_bytes }) => format.bytes(size_bytes),
  },
  {
    id: 'read',
    title: 'Read',
    numeric: true,
    width: '96px',
    from: 'phone',
    text: (row) => rate(format.bytesPerSecond, row.read_bytes_per_second),
    sub: (row) => `${format.bytesPerSecond(row.written_bytes_per_second)} written`,
  },
  {
    id: 'written',
    title: 'Written',
    numeric: true,
    width: '96px',
    text: (row) => rate(format.bytesPerSecond, row.written_bytes_per_second),
  },
  {
    id: 'reads',
    title: 'Reads',
    hint: 'Reads finished in a second',
    numeric: true,
    width: '84px',
    from: 'desktop',
    text: (row) => rate(format.perSecond, row.reads_per_second),
  },
  {
    id: 'writes',
    title: 'Writes',
    hint: 'Writes finished in a second',
    numeric: true,
    width: '84px',
    from: 'desktop',
    text: (row) => rate(format.perSecond, row.writes_per_second),
  },
  {
    id: 'readLatency',
    title: 'Read takes',
    hint: 'Mean time of a read, queue included; a dash where there was none',
    numeric: true,
    width: '92px',
    text: ({ read_latency_ms }) => format.latency(read_latency_ms),
  },
  {
    id: 'writeLatency',
    title: 'Write takes',
    hint: 'Mean time of a write, queue included; a dash where there was none',
    numeric: true,
    width: '92px',
    text: ({ write_latency_ms }) => format.latency(write_latency_ms),
  },
  {
    id: 'busy',
    title: 'Busy',
    hint: 'Time with at least one request under way',
    width: '148px',
    text: ({ busy_percent }) => format.percent(busy_percent),
  },
  {
    id: 'queue',
    title: 'Queue',
    hint: 'Mean number of requests under way',
    numeric: true,
    width: '72px',
    from: 'desktop',
    text: ({ queue_length }) => format.ratio(queue_length),
  },
]

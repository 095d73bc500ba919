/** The columns of the table of hosts; what no host measures has no column. */

import type { HostSummary } from '@bellwether/client'
import type { TableColumn } from '../../components/table/columns'
import * as format from '../../format/format'
import type { Status } from '../../status/status'
import type { HostRow } from './rows'

const RANK: Record<Status, number> = { crit: 3, warn: 2, unknown: 1, ok: 0 }

function busiestText({ busiest }: HostSummary): string {
  if (!busiest) return format.UNKNOWN
  return `${busiest.name} ${format.percent(busiest.cpu_percent)}`
}

function factsOf({ os, cores }: HostSummary): string {
  const parts = [
    os,
    cores === undefined ? undefined : `${format.count(cores)} ${cores === 1 ? 'core' : 'cores'}`,
  ]
  return parts.flatMap((part) => part ?? []).join(', ')
}

export function hostColumns(rows: readonly HostRow[], nowMs: number): TableColumn<HostRow>[] {
  const has = (field: keyof HostSummary): boolean =>
    rows.some(({ summary }) => summary[field] !== undefined)
  const uptime = ({ summary: { booted_at_ms: booted } }: HostRow): number | undefined =>
    booted === undefined ? undefined : (nowMs - booted) / 1000

  const columns: (TableColumn<HostRow> | undefined)[] = [
    {
      id: 'name',
      title: 'Host',
      from: 'phone',
      text: ({ summary }) => summary.name,
      sub: ({ finding, word, summary }) =>
        finding || [word, factsOf(summary)].filter(Boolean).join(', '),
      order: ({ summary }) => summary.name.toLowerCase(),
    },
    {
      id: 'status',
      title: 'Status',
      width: '92px',
      text: ({ word }) => word,
      order: ({ status }) => RANK[status],
      down: true,
    },
    {
      id: 'cpu',
      title: 'CPU',
      hint: 'Processor time in use, of the whole machine',
      numeric: true,
      width: '76px',
      from: 'phone',
      text: ({ summary }) => format.percent(summary.cpu_percent),
      sub: ({ summary }) => `Memory ${format.roughPercent(summary.memory_percent)}`,
      order: ({ summary }) => summary.cpu_percent,
      down: true,
    },
    { id: 'spark', title: 'CPU, 5 min', width: '112px', from: 'desktop', text: () => '' },
    {
      id: 'memory',
      title: 'Memory',
      numeric: true,
      width: '76px',
      text: ({ summary }) => format.percent(summary.memory_percent),
      order: ({ summary }) => summary.memory_percent,
      down: true,
    },
    has('fullest_disk_percent')
      ? {
          id: 'disk',
          title: 'Disk',
          hint: 'The fullest file system',
          numeric: true,
          width: '76px',
          text: ({ summary }) => format.percent(summary.fullest_disk_percent),
          order: ({ summary }) => summary.fullest_disk_percent,
          down: true,
        }
      : undefined,
    has('hottest_celsius')
      ? {
          id: 'hottest',
          title: 'Hottest',
          hint: 'The highest temperature that any sensor reads',
          numeric: true,
          width: '76px',
          text: ({ summary }) => format.roughCelsius(summary.hottest_celsius),
          order: ({ summary }) => summary.hottest_celsius,
          down: true,
        }
      : undefined,
    has('fastest_fan_rpm')
      ? {
          id: 'fan',
          title: 'Fan',
          hint: 'The fan that turns fastest',
          numeric: true,
          width: '84px',
          text: ({ summary }) => format.rpm(summary.fastest_fan_rpm),
          order: ({ summary }) => summary.fastest_fan_rpm,
          down: true,
        }
      : undefined,
    has('charge_percent')
      ? {
          id: 'charge',
          title: 'Battery',
          numeric: true,
          width: '76px',
          text: ({ summary }) => format.roughPercent(summary.charge_percent),
          order: ({ summary }) => summary.charge_percent,
        }
      : undefined,
    {
      id: 'busiest',
      title: 'Busiest, of one core',
      hint: 'The process that uses most processor time: 200 % is two full cores',
      width: '160px',
      from: 'desktop',
      text: ({ summary }) => busiestText(summary),
      order: ({ summary }) => summary.busiest?.cpu_percent,
      down: true,
    },
    {
      id: 'uptime',
      title: 'Up',
      numeric: true,
      width: '92px',
      from: 'desktop',
      text: (row) => format.duration(uptime(row)),
      order: uptime,
      down: true,
    },
    {
      id: 'seen',
      title: 'Last seen',
      numeric: true,
      width: '100px',
      text: ({ at }) => format.ago(at, nowMs),
      order: ({ at }) => Math.round(at / 1000),
      down: true,
    },
  ]
  return columns.flatMap((column) => column ?? [])
}

/** What the tiles of a host say: value, status, and a line of context. A plain function. */

import * as format from '../../format/format'
import { type Status } from '../../status/status'
import { countedDevices, countedInterfaces, fullest, sum } from '../../status/totals'
import type { HostNow } from '../../status/vitals'

export interface Tile {
  /** Whose age it has. */
  readonly of: 'cpu' | 'memory' | 'disks' | 'network'
  /** Whose strip it shows. */
  readonly strip: 'cpu' | 'memory' | 'space' | 'io' | 'network'
  readonly title: string
  readonly text: string
  readonly status: Status
  /** Instead of the status's own word. */
  readonly word?: string
  readonly note: string
}

/** The four of Now; with `all` those of the host's own page. */
export function tilesOf(host: HostNow, statusOf: (key: string) => Status, all: boolean): Tile[] {
  const io = all ? [traffic(host)] : []
  return [cpu(host, statusOf), memory(host, statusOf), disk(host, statusOf), ...io, network(host)]
}

function traffic({ disks }: HostNow): Tile {
  const devices = countedDevices(disks).flatMap((name) => disks?.devices[name] ?? [])
  const read = sum(devices.map((one) => one.read_bytes_per_second))
  const written = sum(devices.map((one) => one.written_bytes_per_second))
  const none = disks !== undefined && devices.length === 0
  return {
    of: 'disks',
    strip: 'io',
    title: 'Disk I/O',
    text: format.bytesPerSecond(sum([read, written])),
    status: devices.length === 0 ? 'unknown' : 'ok',
    ...(none ? { word: 'None' } : {}),
    note: none
      ? 'No block device is visible here'
      : `${format.bytesPerSecond(read)} read, ${format.bytesPerSecond(written)} written`,
  }
}

function cpu({ cpu: now, summary }: HostNow, statusOf: (key: string) => Status): Tile {
  const cores = summary?.cores
  const on =
    cores === undefined ? '' : ` on ${format.count(cores)} ${cores === 1 ? 'core' : 'cores'}`
  const note = now?.load_1m === undefined ? '' : `Load ${format.ratio(now.load_1m)}${on}`
  return {
    of: 'cpu',
    strip: 'cpu',
    title: 'CPU',
    text: format.percent(now?.total_percent),
    status: statusOf('cpu'),
    note,
  }
}

function memory({ memory: now }: HostNow, statusOf: (key: string) => Status): Tile {
  const note = now ? `${format.bytes(now.used_bytes)} of ${format.bytes(now.total_bytes)}` : ''
  return {
    of: 'memory',
    strip: 'memory',
    title: 'Memory',
    text: format.percent(now?.used_percent),
    status: statusOf('memory'),
    note,
  }
}

function disk({ disks }: HostNow, statusOf: (key: string) => Status): Tile {
  const worst = fullest(disks)
  if (!worst) {
    const note = disks ? 'No disk that can fill up' : ''
    return {
      of: 'disks',
      strip: 'space',
      title: 'Disk',
      text: format.UNKNOWN,
      status: 'unknown',
      note,
    }
  }
  const [mount, one] = worst
  const count = Object.keys(disks?.filesystems ?? {}).length
  const which = count > 1 ? `Fullest of ${format.count(count)}: ${mount}` : mount
  return {
    of: 'disks',
    strip: 'space',
    title: 'Disk',
    text: format.percent(one.used_percent),
    status: statusOf(`disk:${mount}`),
    note: `${which}, ${format.bytes(one.available_bytes)} left`,
  }
}

/** A network has no limit of its own; what it loses is what is wrong with it. */
function network({ network: now }: HostNow): Tile {
  const counted = countedInterfaces(now).flatMap((name) => now?.interfaces[name] ?? [])
  const received = sum(counted.map((one) => one.received_bytes_per_second))
  const sent = sum(counted.map((one) => one.sent_bytes_per_second))
  // Drops are no fault by themselves: packets of unknown protocols count as dropped.
  const errors = sum(counted.map((one) => one.errors_per_second)) ?? 0
  return {
    of: 'network',
    strip: 'network',
    title: 'Network',
    text: format.bitsPerSecond(received),
    status: now === undefined || counted.length === 0 ? 'unknown' : errors > 0 ? 'warn' : 'ok',
    ...(errors > 0 ? { word: `${format.perSecond(errors)} errors` } : {}),
    note: networkNote(now !== undefined, counted.length, sent),
  }
}

function networkNote(heard: boolean, interfaces: number, sent: number | undefined): string {
  if (!heard) return ''
  return interfaces === 0 ? 'No interface but loopback' : `In; out ${format.bitsPerSecond(sent)}`
}

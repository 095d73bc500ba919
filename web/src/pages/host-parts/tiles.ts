/** What the tiles of a host say: value, status, and a line of context. A plain function. */

import type { Fan, Power, Temperature } from '@bellwether/client'
import * as format from '../../format/format'
import { type Status } from '../../status/status'
import { countedDevices, countedInterfaces, fullest, sum } from '../../status/totals'
import type { HostNow } from '../../status/vitals'

export interface Tile {
  /** Whose age it has. */
  readonly of: 'cpu' | 'memory' | 'disks' | 'network' | 'sensors'
  /** Whose strip it shows. */
  readonly strip: 'cpu' | 'memory' | 'space' | 'io' | 'network' | 'heat' | 'fan' | 'power'
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
  const hardware = all ? hardwareTiles(host, statusOf) : []
  return [
    cpu(host, statusOf),
    memory(host, statusOf),
    disk(host, statusOf),
    ...io,
    network(host),
    ...hardware,
  ]
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

export const celsiusOf = (one: Temperature): number | undefined => one.now_celsius
export const rpmOf = (one: Fan): number | undefined => one.speed_rpm
export const wattsOf = (one: Power): number | undefined => one.now_watts

/** Temperature, fan and power: of what there is the highest, and where it is. */
function hardwareTiles({ sensors }: HostNow, statusOf: (key: string) => Status): Tile[] {
  const tiles: Tile[] = []
  const add = (
    strip: 'heat' | 'fan' | 'power',
    title: string,
    text: string,
    label: string,
    status: Status = 'ok',
  ): void => void tiles.push({ of: 'sensors', strip, title, text, status, note: label })
  const hottest = highest(sensors?.temperatures, celsiusOf)
  const fan = highest(sensors?.fans, rpmOf)
  const power = highest(sensors?.powers, wattsOf)
  if (hottest) {
    const status = statusOf(`temperature:${hottest.key}`)
    const note = `Hottest: ${hottest.one.label}`
    add('heat', 'Temperature', format.roughCelsius(hottest.value), note, status)
  }
  if (fan) add('fan', 'Fan', format.rpm(fan.value), `Fastest: ${fan.one.label}`)
  if (power) add('power', 'Power', format.watts(power.value), `Most: ${power.one.label}`)
  return tiles
}

/** The highest known value of some sensors, and whose it is. */
export function highest<One>(
  sensors: Readonly<Record<string, One>> | undefined,
  read: (one: One) => number | undefined,
): { key: string; one: One; value: number } | undefined {
  const known = Object.entries(sensors ?? {}).flatMap(([key, one]) => {
    const value = read(one)
    return value === undefined ? [] : [{ key, one, value }]
  })
  return known.reduce<(typeof known)[number] | undefined>(
    (best, one) => (best && best.value >= one.value ? best : one),
    undefined,
  )
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

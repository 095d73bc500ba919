/** The charts of a host: which series, what they are called, how they are written. */

import type { Disks, Network, Pressure } from '@bellwether/client'
import { bitsPerSecond, bytes, bytesPerSecond, latency, percent } from '../../format/format'
import { seriesName } from '../../live'
import { countedDevices, countedInterfaces, fullest } from '../../status/totals'
import type { ChartSpec, LineSpec } from './use-chart'

/** Below these, the axis does not shrink: noise should not look like load. */
const LEAST_BYTES = 100_000
const LEAST_NETWORK = 12_500
const LEAST_MS = 1

const SHARE = { kind: 'percent' } as const

export function cpuTotal(host: string): ChartSpec {
  const names = [seriesName(`host/${host}/cpu`, 'total_percent')]
  return { title: 'CPU', lines: [{ label: 'busy', names }], scale: SHARE, format: percent }
}

const MODES: readonly [field: string, label: string][] = [
  ['user_percent', 'programs'],
  ['system_percent', 'kernel'],
  ['iowait_percent', 'waiting for I/O'],
  ['nice_percent', 'low priority'],
  ['softirq_percent', 'interrupts'],
  ['steal_percent', 'taken by the hypervisor'],
]

export function cpuModes(host: string): ChartSpec {
  const lines = MODES.map(([field, label]) => ({
    label,
    names: [seriesName(`host/${host}/cpu`, 'modes', field)],
  }))
  return { title: 'CPU by mode', lines, stacked: true, scale: SHARE, format: percent }
}

export function cpuCores(host: string, cores: readonly string[]): ChartSpec {
  const lines = cores.map((core) => ({
    label: `core ${core}`,
    names: [seriesName(`host/${host}/cpu`, 'cores', core, 'busy_percent')],
  }))
  return { title: 'CPU by core', lines, scale: { ...SHARE, full: true }, format: percent }
}

export function memoryUsed(host: string): ChartSpec {
  const names = [seriesName(`host/${host}/memory`, 'used_percent')]
  return {
    title: 'Memory',
    lines: [{ label: 'used', names }],
    scale: { ...SHARE, full: true },
    format: percent,
  }
}

export function memoryBytes(host: string, totalBytes: number, swap: boolean): ChartSpec {
  const of = (field: string): string[] => [seriesName(`host/${host}/memory`, field)]
  const lines: LineSpec[] = [
    { label: 'used', names: of('used_bytes') },
    { label: 'cached files', names: of('cached_bytes') },
    ...(swap ? [{ label: 'swap used', names: of('swap_used_bytes') }] : []),
  ]
  return {
    title: 'Memory and swap',
    lines,
    scale: { kind: 'whole', top: Math.max(totalBytes, 1) },
    format: bytes,
  }
}

const WAITS: readonly [resource: keyof Pressure, label: string][] = [
  ['cpu', 'processor'],
  ['memory', 'memory'],
  ['io', 'storage'],
]

export function waiting(host: string, pressure: Pressure | undefined): ChartSpec {
  const lines = WAITS.filter(([resource]) => pressure?.[resource] !== undefined).map(
    ([resource, label]) => ({
      label,
      names: [seriesName(`host/${host}/pressure`, resource, 'some_percent')],
    }),
  )
  return { title: 'Time that tasks waited', lines, scale: SHARE, format: percent }
}

export function diskTraffic(host: string, disks: Disks | undefined): ChartSpec {
  const devices = countedDevices(disks)
  const of = (field: string): string[] =>
    devices.map((device) => seriesName(`host/${host}/disks`, 'devices', device, field))
  return {
    title: 'Disk I/O',
    lines: [
      { label: 'read', names: of('read_bytes_per_second') },
      { label: 'written', names: of('written_bytes_per_second') },
    ],
    scale: { kind: 'amount', least: LEAST_BYTES },
    format: bytesPerSecond,
  }
}

/** The disk that is closest to its end. */
export function diskSpace(host: string, disks: Disks | undefined): ChartSpec {
  const mount = fullest(disks)?.[0]
  const names =
    mount === undefined
      ? []
      : [seriesName(`host/${host}/disks`, 'filesystems', mount, 'used_percent')]
  return {
    title: 'Disk',
    lines: [{ label: 'used', names }],
    scale: { ...SHARE, full: true },
    format: percent,
  }
}

/** Read and written together. */
export function diskTotal(host: string, disks: Disks | undefined): ChartSpec {
  const spec = diskTraffic(host, disks)
  const names = spec.lines.flatMap((line) => line.names)
  return { ...spec, lines: [{ label: 'read and written', names }] }
}

export function diskLatency(host: string, disks: Disks | undefined): ChartSpec {
  const lines = countedDevices(disks)
    .slice(0, 4)
    .flatMap((device) => [
      {
        label: `${device} read`,
        names: [seriesName(`host/${host}/disks`, 'devices', device, 'read_latency_ms')],
      },
      {
        label: `${device} write`,
        names: [seriesName(`host/${host}/disks`, 'devices', device, 'write_latency_ms')],
      },
    ])
  return {
    title: 'Disk latency',
    lines,
    scale: { kind: 'amount', least: LEAST_MS },
    format: latency,
  }
}

export function networkTraffic(host: string, network: Network | undefined): ChartSpec {
  const interfaces = countedInterfaces(network)
  const of = (field: string): string[] =>
    interfaces.map((one) => seriesName(`host/${host}/network`, 'interfaces', one, field))
  return {
    title: 'Network',
    lines: [
      { label: 'received', names: of('received_bytes_per_second') },
      { label: 'sent', names: of('sent_bytes_per_second') },
    ],
    scale: { kind: 'amount', least: LEAST_NETWORK },
    format: bitsPerSecond,
  }
}

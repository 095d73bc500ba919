/** Charts that only the host's own page shows. */

import type { Disks, Network, Pressure } from '@bellwether/client'
import { bitsPerSecond, bytes, latency, perSecond, percent } from '../../format/format'
import { seriesName } from '../../live'
import { countedDevices, countedInterfaces } from '../../status/totals'
import type { ChartSpec, LineSpec } from '../host-parts/use-chart'

const LEAST_MS = 1
/** Devices that a chart can still tell apart: two lines each. */
const DEVICES_SHOWN = 4
/** Lines of one each. */
const LINES_SHOWN = 8

const SHARE = { kind: 'percent' } as const

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

export function diskLatency(host: string, disks: Disks | undefined): ChartSpec {
  const lines = countedDevices(disks)
    .slice(0, DEVICES_SHOWN)
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
    sparse: true,
    lines,
    scale: { kind: 'amount', least: LEAST_MS },
    format: latency,
  }
}

export function diskBusy(host: string, disks: Disks | undefined): ChartSpec {
  const lines = countedDevices(disks)
    .slice(0, LINES_SHOWN)
    .map((device) => ({
      label: device,
      names: [seriesName(`host/${host}/disks`, 'devices', device, 'busy_percent')],
    }))
  return { title: 'Disks busy', lines, scale: { ...SHARE, full: true }, format: percent }
}

/** File systems that can fill up, the fullest first. */
export function diskSpaces(host: string, disks: Disks | undefined): ChartSpec {
  const lines = Object.entries(disks?.filesystems ?? {})
    .filter(([, one]) => !one.read_only)
    .sort(([, a], [, b]) => b.used_percent - a.used_percent)
    .slice(0, LINES_SHOWN)
    .map(([mount]) => ({
      label: mount,
      names: [seriesName(`host/${host}/disks`, 'filesystems', mount, 'used_percent')],
    }))
  return { title: 'Space used', lines, scale: { ...SHARE, full: true }, format: percent }
}

function interfaceLines(
  host: string,
  network: Network | undefined,
  fields: readonly (readonly [field: string, label: string])[],
): LineSpec[] {
  return countedInterfaces(network)
    .slice(0, Math.floor(LINES_SHOWN / fields.length))
    .flatMap((one) =>
      fields.map(([field, label]) => ({
        label: `${one} ${label}`,
        names: [seriesName(`host/${host}/network`, 'interfaces', one, field)],
      })),
    )
}

export function interfaceTraffic(host: string, network: Network | undefined): ChartSpec {
  return {
    title: 'Traffic by interface',
    lines: interfaceLines(host, network, [
      ['received_bytes_per_second', 'in'],
      ['sent_bytes_per_second', 'out'],
    ]),
    scale: { kind: 'amount', least: 12_500 },
    format: bitsPerSecond,
  }
}

export function interfacePackets(host: string, network: Network | undefined): ChartSpec {
  return {
    title: 'Packets',
    lines: interfaceLines(host, network, [
      ['received_packets_per_second', 'in'],
      ['sent_packets_per_second', 'out'],
    ]),
    scale: { kind: 'amount', least: 10 },
    format: perSecond,
  }
}

export function interfaceLosses(host: string, network: Network | undefined): ChartSpec {
  return {
    title: 'Errors and drops',
    lines: interfaceLines(host, network, [
      ['errors_per_second', 'errors'],
      ['drops_per_second', 'drops'],
    ]),
    scale: { kind: 'amount', least: 1 },
    format: perSecond,
  }
}

export function tcp(host: string): ChartSpec {
  const of = (field: string): string[] => [seriesName(`host/${host}/network`, 'tcp', field)]
  return {
    title: 'TCP',
    lines: [
      { label: 'opened', names: of('opened_per_second') },
      { label: 'sent again', names: of('retransmits_per_second') },
    ],
    scale: { kind: 'amount', least: 1 },
    format: perSecond,
  }
}

/** Charts that only the host's own page shows. */

import type { Disks, Pressure } from '@bellwether/client'
import { bytes, latency, percent } from '../../format/format'
import { seriesName } from '../../live'
import { countedDevices } from '../../status/totals'
import type { ChartSpec, LineSpec } from '../host-parts/use-chart'

const LEAST_MS = 1

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
    sparse: true,
    lines,
    scale: { kind: 'amount', least: LEAST_MS },
    format: latency,
  }
}

/** The charts that Now and the tiles show: which series, what they are called, how they are written. */

import type { Disks, Network } from '@bellwether/client'
import { bitsPerSecond, bytesPerSecond, percent } from '../../format/format'
import { seriesName } from '../../live'
import { countedDevices, countedInterfaces, fullest } from '../../status/totals'
import type { ChartSpec } from './use-chart'

/** Below these, the axis does not shrink: noise should not look like load. */
const LEAST_BYTES = 100_000
const LEAST_NETWORK = 12_500

const SHARE = { kind: 'percent' } as const

export function cpuTotal(host: string): ChartSpec {
  const names = [seriesName(`host/${host}/cpu`, 'total_percent')]
  return { title: 'CPU', lines: [{ label: 'busy', names }], scale: SHARE, format: percent }
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

/**
 * charts: the charts of a host by name, so that one can be asked for from elsewhere: a pin is a host and
 * a name of these. Enters: what is known of the host. Leaves: what to draw.
 */

import type { HostNow } from '../../status/vitals'
import {
  cpuModes,
  diskBusy,
  diskLatency,
  diskSpaces,
  interfaceLosses,
  interfacePackets,
  interfaceTraffic,
  memoryBytes,
  tcp,
  waiting,
} from '../host/specs'
import { fanChart, powerChart, temperatureChart } from '../host/sensors/specs'
import { diskTraffic, networkTraffic } from './specs'
import type { ChartSpec } from './use-chart'

interface HostChart {
  /** The host's page that shows it. */
  readonly tab: 'overview' | 'disks' | 'network' | 'sensors'
  /** What has to be known to say which lines there are. */
  readonly needs?: 'memory' | 'disks' | 'network' | 'pressure' | 'sensors'
  readonly spec: (host: HostNow) => ChartSpec
}

/** Names are kept in people's settings: they stay. */
export const HOST_CHARTS = {
  'cpu-modes': { tab: 'overview', spec: ({ id }) => cpuModes(id) },
  memory: {
    tab: 'overview',
    needs: 'memory',
    spec: ({ id, memory }) =>
      memoryBytes(id, memory?.total_bytes ?? 0, (memory?.swap_total_bytes ?? 0) > 0),
  },
  pressure: {
    tab: 'overview',
    needs: 'pressure',
    spec: ({ id, pressure }) => waiting(id, pressure),
  },
  network: {
    tab: 'overview',
    needs: 'network',
    spec: ({ id, network }) => networkTraffic(id, network),
  },
  'disk-traffic': {
    tab: 'disks',
    needs: 'disks',
    spec: ({ id, disks }) => diskTraffic(id, disks),
  },
  'disk-latency': { tab: 'disks', needs: 'disks', spec: ({ id, disks }) => diskLatency(id, disks) },
  'disk-busy': { tab: 'disks', needs: 'disks', spec: ({ id, disks }) => diskBusy(id, disks) },
  'disk-space': { tab: 'disks', needs: 'disks', spec: ({ id, disks }) => diskSpaces(id, disks) },
  'interface-traffic': {
    tab: 'network',
    needs: 'network',
    spec: ({ id, network }) => interfaceTraffic(id, network),
  },
  'interface-packets': {
    tab: 'network',
    needs: 'network',
    spec: ({ id, network }) => interfacePackets(id, network),
  },
  'interface-losses': {
    tab: 'network',
    needs: 'network',
    spec: ({ id, network }) => interfaceLosses(id, network),
  },
  tcp: { tab: 'network', spec: ({ id }) => tcp(id) },
  temperature: {
    tab: 'sensors',
    needs: 'sensors',
    spec: ({ id, sensors }) => temperatureChart(id, sensors),
  },
  fans: { tab: 'sensors', needs: 'sensors', spec: ({ id, sensors }) => fanChart(id, sensors) },
  power: { tab: 'sensors', needs: 'sensors', spec: ({ id, sensors }) => powerChart(id, sensors) },
} as const satisfies Record<string, HostChart>

export type ChartName = keyof typeof HOST_CHARTS

export function hostChart(name: ChartName): HostChart {
  return HOST_CHARTS[name]
}

/** What settings hold of a pinned chart. */
export function pinText(host: string, name: ChartName): string {
  return `host/${host}/${name}`
}

export interface PinnedChart {
  readonly host: string
  readonly name: ChartName
}

/** Nothing for what this version does not know. */
export function readPin(text: string): PinnedChart | undefined {
  const [root, host, name, ...more] = text.split('/')
  const known = Object.keys(HOST_CHARTS).find((one) => one === name) as ChartName | undefined
  if (root !== 'host' || host === undefined || host === '' || more.length > 0) return undefined
  return known && { host, name: known }
}

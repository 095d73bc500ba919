/** Charts of what chips measure: the hottest, fans and power, each a lane on the same clock. */

import type { Sensors } from '@bellwether/client'
import { rpm, watts } from '../../../format/format'
import { celsius } from '../../../format/physical'
import { seriesName } from '../../../live'
import type { ChartSpec } from '../../host-parts/use-chart'

const MOST_LINES = 8

interface Measured {
  readonly label: string
  readonly chip: string
  readonly fault?: string
}

/** The same order while the same sensors are there: lines do not swap colours as they warm up. */
function linesOf(
  host: string,
  group: 'temperatures' | 'fans' | 'powers',
  field: string,
  sensors: Sensors | undefined,
): ChartSpec['lines'] {
  const found: Readonly<Record<string, Measured>> = sensors?.[group] ?? {}
  const all = Object.entries(found).filter(([, one]) => one.fault === undefined)
  const labels = all.map(([, { label }]) => label)
  return all.slice(0, MOST_LINES).map(([key, { label, chip }]) => ({
    label: labels.indexOf(label) === labels.lastIndexOf(label) ? label : `${label} (${chip})`,
    names: [seriesName(`host/${host}/sensors`, group, key, field)],
  }))
}

export function temperatureChart(host: string, sensors: Sensors | undefined): ChartSpec {
  return {
    title: 'Temperature',
    lines: linesOf(host, 'temperatures', 'now_celsius', sensors),
    scale: { kind: 'amount', least: 50 },
    format: celsius,
  }
}

export function fanChart(host: string, sensors: Sensors | undefined): ChartSpec {
  return {
    title: 'Fans',
    lines: linesOf(host, 'fans', 'speed_rpm', sensors),
    scale: { kind: 'amount', least: 1_000 },
    format: rpm,
  }
}

export function powerChart(host: string, sensors: Sensors | undefined): ChartSpec {
  return {
    title: 'Power',
    lines: linesOf(host, 'powers', 'now_watts', sensors),
    scale: { kind: 'amount', least: 10 },
    format: watts,
  }
}

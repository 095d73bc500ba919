/** hardware: what the tiles of temperature, fan and power say: of what there is the highest, and whose. */

import type { Fan, Power, Sensors, Temperature } from '@bellwether/client'
import { roughCelsius, rpm, watts } from '../../format/format'
import { seriesName } from '../../live'
import type { Status } from '../../status/status'
import type { ChartSpec } from '../host-parts/use-chart'

export interface HardwareTile {
  readonly which: Which
  readonly title: string
  readonly text: string
  readonly status: Status
  readonly note: string
}

type Which = 'heat' | 'fan' | 'power'

const celsiusOf = (one: Temperature): number | undefined => one.now_celsius
const rpmOf = (one: Fan): number | undefined => one.speed_rpm
const wattsOf = (one: Power): number | undefined => one.now_watts

/** Temperature, fan and power: of what there is the highest, and where it is. */
export function hardwareTiles(
  sensors: Sensors | undefined,
  statusOf: (key: string) => Status,
): HardwareTile[] {
  const tiles: HardwareTile[] = []
  const add = (
    which: Which,
    title: string,
    text: string,
    label: string,
    status: Status = 'ok',
  ): void => void tiles.push({ which, title, text, status, note: label })
  const hottest = highest(sensors?.temperatures, celsiusOf)
  const fan = highest(sensors?.fans, rpmOf)
  const power = highest(sensors?.powers, wattsOf)
  if (hottest) {
    const status = statusOf(`temperature:${hottest.key}`)
    const note = `Hottest: ${hottest.one.label}`
    add('heat', 'Temperature', roughCelsius(hottest.value), note, status)
  }
  if (fan) add('fan', 'Fan', rpm(fan.value), `Fastest: ${fan.one.label}`)
  if (power) add('power', 'Power', watts(power.value), `Most: ${power.one.label}`)
  return tiles
}

/** The highest known value of some sensors, and whose it is. */
function highest<One>(
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

/** The highest of some sensors: lines of the hottest, the fastest fan, the largest power. */
export function hardware(host: string, sensors: Sensors | undefined, which: Which): ChartSpec {
  const found = {
    heat: () => ['temperatures', 'now_celsius', highest(sensors?.temperatures, celsiusOf)?.key],
    fan: () => ['fans', 'speed_rpm', highest(sensors?.fans, rpmOf)?.key],
    power: () => ['powers', 'now_watts', highest(sensors?.powers, wattsOf)?.key],
  }
  const [group = '', field = '', key] = found[which]()
  const names = key === undefined ? [] : [seriesName(`host/${host}/sensors`, group, key, field)]
  return {
    title: which,
    lines: [{ label: which, names }],
    scale: { kind: 'amount', least: { heat: 50, fan: 1_000, power: 10 }[which] },
    format: { heat: roughCelsius, fan: rpm, power: watts }[which],
  }
}

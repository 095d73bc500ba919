/**
 * rows: what the chips of a host measure, one line each, by chip: value, limits in words, how it
 * stands to them, and why it cannot be read where it cannot. Plain functions.
 */

import type { Current, Fan, Power, Sensors, Temperature, Voltage } from '@bellwether/client'
import { percent, rpm, watts } from '../../../format/format'
import { amperes, celsius, volts } from '../../../format/physical'
import { type Status, statusOf } from '../../../status/status'
import { temperatureLimits } from '../../../status/vitals'

export type Quantity = 'Temperature' | 'Fan' | 'Voltage' | 'Current' | 'Power'

export interface SensorRow {
  readonly key: string
  readonly what: Quantity
  readonly label: string
  readonly value: string
  /** Of its limit, for a bar; absent without a limit. */
  readonly share?: number | undefined
  readonly limits: string
  readonly status: Status
  /** Instead of the status's own word. */
  readonly word?: string
  /** Why it cannot be read. */
  readonly fault?: string | undefined
}

export interface Chip {
  readonly id: string
  readonly name: string
  readonly rows: readonly SensorRow[]
}

interface Any {
  readonly chip: string
  readonly label: string
  readonly alarm?: boolean
  readonly fault?: string
}

function row(key: string, what: Quantity, one: Any, more: Partial<SensorRow>): SensorRow {
  const rest = { value: '', limits: '', status: 'ok' as const, ...more }
  if (one.fault !== undefined) {
    const said = { status: 'unknown' as const, word: 'Cannot be read', fault: one.fault }
    return { key, what, label: one.label, ...rest, ...said, share: undefined }
  }
  const alarm = one.alarm ? { status: 'warn' as const, word: 'Alarm' } : {}
  return { key, what, label: one.label, ...rest, ...alarm }
}

function words(...parts: (string | false)[]): string {
  return parts.filter(Boolean).join(', ')
}

function shareOf(value: number | undefined, limit: number | undefined): number | undefined {
  return value === undefined || !limit || limit <= 0 ? undefined : (value / limit) * 100
}

function temperature(key: string, one: Temperature): SensorRow {
  const limits = temperatureLimits(one.high_celsius, one.critical_celsius)
  return row(key, 'Temperature', one, {
    value: celsius(one.now_celsius),
    share: shareOf(one.now_celsius, one.critical_celsius ?? one.high_celsius ?? limits.crit),
    limits: words(
      one.high_celsius !== undefined && `high ${celsius(one.high_celsius)}`,
      one.critical_celsius !== undefined && `critical ${celsius(one.critical_celsius)}`,
    ),
    status: statusOf(one.now_celsius, limits),
  })
}

function fan(key: string, one: Fan): SensorRow {
  const slow = one.speed_rpm !== undefined && one.speed_rpm < (one.low_rpm ?? 0)
  return row(key, 'Fan', one, {
    value: rpm(one.speed_rpm),
    share: one.drive_percent,
    limits: words(
      one.drive_percent !== undefined && `driven at ${percent(one.drive_percent)}`,
      one.low_rpm !== undefined && `at least ${rpm(one.low_rpm)}`,
    ),
    status: one.speed_rpm === undefined ? 'unknown' : slow ? 'warn' : 'ok',
    ...(slow ? { word: 'Too slow' } : one.speed_rpm === 0 ? { word: 'Stands still' } : {}),
  })
}

function voltage(key: string, one: Voltage): SensorRow {
  const { now_volts: now, low_volts: low, high_volts: high } = one
  const out = now !== undefined && (now < (low ?? -Infinity) || now > (high ?? Infinity))
  return row(key, 'Voltage', one, {
    value: volts(now),
    limits: words(
      low !== undefined && `at least ${volts(low)}`,
      high !== undefined && `at most ${volts(high)}`,
    ),
    status: now === undefined ? 'unknown' : out ? 'warn' : 'ok',
    ...(out ? { word: 'Out of range' } : {}),
  })
}

function current(key: string, one: Current): SensorRow {
  return row(key, 'Current', one, {
    value: amperes(one.now_amperes),
    status: one.now_amperes === undefined ? 'unknown' : 'ok',
  })
}

function power(key: string, one: Power): SensorRow {
  return row(key, 'Power', one, {
    value: watts(one.now_watts),
    share: shareOf(one.now_watts, one.limit_watts),
    limits: words(one.limit_watts !== undefined && `kept below ${watts(one.limit_watts)}`),
    status: one.now_watts === undefined ? 'unknown' : 'ok',
  })
}

/** Each map's rows with the chip they are of: keys are `chip/channel`. */
function of<One extends Any>(
  group: Readonly<Record<string, One>>,
  write: (key: string, one: One) => SensorRow,
): { chip: string; name: string; row: SensorRow }[] {
  return Object.entries(group).map(([key, one]) => ({
    chip: key.includes('/') ? key.slice(0, key.lastIndexOf('/')) : one.chip,
    name: one.chip,
    row: write(key, one),
  }))
}

export function chipsOf(sensors: Sensors | undefined): Chip[] {
  if (!sensors) return []
  const all = [
    ...of(sensors.temperatures, temperature),
    ...of(sensors.fans, fan),
    ...of(sensors.powers, power),
    ...of(sensors.voltages, voltage),
    ...of(sensors.currents, current),
  ]
  const ids = [...new Set(all.map(({ chip }) => chip))]
  return ids.map((id) => {
    const own = all.filter(({ chip }) => chip === id)
    return { id, name: own[0]?.name ?? id, rows: own.map((one) => one.row) }
  })
}

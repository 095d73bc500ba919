/**
 * values: what a payload of users' own signals holds, as fields, and how its numbers are written. Names end
 * with their unit, as those of our own signals do (crates/signal, unit.rs). Plain functions.
 */

import * as format from '../../format/format'
import { amperes, celsius, volts, wattHours } from '../../format/physical'

export type Format = (value: format.Maybe) => string

export interface Field {
  /** Keys from the payload on. */
  readonly path: readonly string[]
  /** The keys as people read them: `latency / p95_ms`. */
  readonly label: string
  readonly value: unknown
}

/** Fields of one payload that are looked at; the server takes 250 numbers. */
const MOST_FIELDS = 500

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every leaf, in the order of the payload; lists are leaves, because no series is made of them. */
export function fieldsOf(payload: unknown): Field[] {
  const found: Field[] = []
  const descend = (value: unknown, path: readonly string[]): void => {
    if (found.length >= MOST_FIELDS) return
    if (isMap(value) && (path.length === 0 || Object.keys(value).length > 0)) {
      for (const [key, inner] of Object.entries(value)) descend(inner, [...path, key])
    } else if (path.length > 0) found.push({ path, label: path.join(' / '), value })
  }
  descend(payload, [])
  return found
}

/** What has a history: numbers that are no points in time. */
export function isMeasured({ path, value }: Field): boolean {
  return typeof value === 'number' && !/(^|_)at_ms$/.test(path.at(-1) ?? '')
}

/** What a rule can look at. */
export const canAlert = (field: Field): boolean =>
  isMeasured(field) || typeof field.value === 'boolean'

/** "1,234", "12.5", "0.034": a number of which nothing else is known. */
function plain(value: format.Maybe): string {
  if (!format.known(value)) return format.UNKNOWN
  if (Number.isInteger(value)) return format.count(value)
  const size = Math.abs(value)
  if (size >= 0.1) return format.three(value)
  return size < 1e-6 ? value.toExponential(1) : value.toPrecision(2).replace(/0+$/, '')
}

const suffixed =
  (unit: string): Format =>
  (value) =>
    format.known(value) ? `${plain(value)}${format.NBSP}${unit}` : format.UNKNOWN

function seconds(value: format.Maybe): string {
  return format.known(value) && Math.abs(value) >= 60
    ? format.duration(value)
    : suffixed('s')(value)
}

/** Longest first where one ends with another. */
const ENDINGS: readonly (readonly [string, Format])[] = [
  ['bytes_per_second', format.bytesPerSecond],
  ['megabits_per_second', suffixed('Mb/s')],
  ['per_second', format.perSecond],
  ['percent', format.percent],
  ['bytes', format.bytes],
  ['at_ms', format.utc],
  ['ms', format.latency],
  ['us', suffixed('µs')],
  ['seconds', seconds],
  ['mhz', format.frequency],
  ['celsius', celsius],
  ['watt_hours', wattHours],
  ['watts', format.watts],
  ['kw', suffixed('kW')],
  ['kwh', suffixed('kWh')],
  ['volts', volts],
  ['amperes', amperes],
  ['rpm', format.rpm],
]

/** How numbers of a field with this name are written. */
export function formatOf(name: string): Format {
  const fits = ([ending]: (typeof ENDINGS)[number]): boolean =>
    name === ending || name.endsWith(`_${ending}`)
  return ENDINGS.find(fits)?.[1] ?? plain
}

/** A value in a line: numbers with their unit, texts as they are, lists and what is odd as JSON. */
export function textOf({ path, value }: Field): string {
  if (typeof value === 'number') return formatOf(path.at(-1) ?? '')(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What an event says, in a line. */
export function lineOf(data: unknown): string {
  if (!isMap(data)) return typeof data === 'string' ? data : JSON.stringify(data)
  return fieldsOf(data)
    .map((field) => `${field.label} ${textOf(field)}`)
    .join(', ')
}

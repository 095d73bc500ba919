/**
 * physical: what sensors measure, as text: degrees, volts, amperes, watts, revolutions. Apart from
 * format.ts, because only pages that are opened later show them.
 */

import { type Maybe, NBSP, UNKNOWN, known, scaled, three, withDigits } from './format'

/** "74.1 °C": as finely as sensors measure. */
export function celsius(value: Maybe): string {
  return known(value) ? `${withDigits(value, 1)}${NBSP}°C` : UNKNOWN
}

/** "12.10 V": rails are told apart by hundredths. */
export function volts(value: Maybe): string {
  return known(value) ? `${withDigits(value, 2)}${NBSP}V` : UNKNOWN
}

/** "3.20 A". */
export function amperes(value: Maybe): string {
  return known(value) ? `${withDigits(value, 2)}${NBSP}A` : UNKNOWN
}

/** "48.2 Wh". */
export function wattHours(value: Maybe): string {
  if (!known(value)) return UNKNOWN
  return Math.abs(value) < 999.5
    ? `${three(value)}${NBSP}Wh`
    : scaled(value, 1000, ['Wh', 'kWh', 'MWh'])
}

/** "1 Gb/s", "2.5 Gb/s": the speed of a link, as it is sold. */
export function linkSpeed(megabits: Maybe): string {
  if (!known(megabits)) return UNKNOWN
  const [value, unit] = megabits >= 1000 ? [megabits / 1000, 'Gb/s'] : [megabits, 'Mb/s']
  return `${Number.isInteger(value) ? withDigits(value, 0) : withDigits(value, 1)}${NBSP}${unit}`
}

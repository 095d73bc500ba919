/**
 * Two more tables as they could come from a plant and a cellar: what a press uses in an hour, which is a
 * number that follows from load and weather and goes on in time, and how wines were judged, in three
 * classes. The same numbers on every run, with noise that no model can learn.
 */

import { numbers } from './customers'

/** The first hour of the table of energy. */
const BEGIN_MS = Date.UTC(2026, 2, 2)
const HOUR_MS = 3_600_000

export type Cells = Readonly<Record<string, string | number>>

export function csvOf(rows: readonly Cells[]): string {
  const names = Object.keys(rows[0] ?? {})
  const lines = rows.map((row) => names.map((name) => row[name] ?? '').join())
  return `${[names.join(), ...lines].join('\n')}\n`
}

/** Sums of uniform numbers are nearly normal: mean 0, standard deviation 1. */
function noise(next: () => number): number {
  let sum = -6
  for (let i = 0; i < 12; i += 1) sum += next()
  return sum
}

const to = (value: number, digits: number): number => Number(value.toFixed(digits))

/** Hours of one press: more pieces, more pressure and warmer air take more energy; weekends idle. */
export function pressHours(count: number, seed: number, hotter = 0): Cells[] {
  const next = numbers(seed)
  return Array.from({ length: count }, (_, i) => {
    const at = new Date(BEGIN_MS + i * HOUR_MS)
    const hour = at.getUTCHours()
    const weekend = at.getUTCDay() % 6 === 0
    const shift = hour < 6 ? 'night' : hour < 14 ? 'early' : hour < 22 ? 'late' : 'night'
    const pieces = weekend || hour < 5 ? 0 : Math.round(180 + 60 * Math.sin(hour / 4) + 40 * next())
    const pressure = 6.2 + 0.5 * noise(next) * 0.4 + (pieces > 0 ? 0.4 : 0)
    const ambient = 16 + 8 * Math.sin((hour - 9) / 3.8) + 3 * noise(next) + hotter
    const product = next() < 0.55 ? 'housing' : next() < 0.6 ? 'cover' : 'bracket'
    const each = product === 'housing' ? 0.19 : product === 'cover' ? 0.14 : 0.1
    const energy =
      7 + pieces * each + (pressure - 6) * 4 + Math.max(0, ambient - 20) * 0.5 + noise(next) * 1.2
    return {
      time: at.toISOString().replace('.000Z', 'Z'),
      shift,
      product: pieces === 0 ? '' : product,
      pieces_per_hour: pieces,
      pressure_bar: to(pressure, 2),
      ambient_celsius: to(ambient, 1),
      energy_kwh: to(Math.max(2, energy), 2),
    }
  })
}

/** Wines by what a laboratory measures; a few cells are missing, a few judges were of another mind. */
export function wines(count: number, seed: number): Cells[] {
  const next = numbers(seed)
  return Array.from({ length: count }, (_, i) => {
    const alcohol = 9 + 4.5 * next()
    const acidity = Math.max(0.12, 0.5 + 0.16 * noise(next))
    const sulphates = Math.max(0.3, 0.65 + 0.13 * noise(next))
    const sugar = Math.max(0.9, 2.4 + 0.9 * noise(next))
    const felt =
      (alcohol - 11) * 0.9 - (acidity - 0.5) * 5 + (sulphates - 0.65) * 3 + noise(next) * 0.55
    return {
      colour: next() < 0.7 ? 'red' : 'white',
      fixed_acidity: to(8.2 + 1.4 * noise(next), 1),
      volatile_acidity: to(acidity, 3),
      residual_sugar: i % 61 === 7 ? '' : to(sugar, 1),
      ph: to(3.3 + 0.14 * noise(next), 2),
      sulphates: to(sulphates, 2),
      alcohol: to(alcohol, 1),
      quality: felt > 1 ? 'good' : felt < -1 ? 'poor' : 'fair',
    }
  })
}

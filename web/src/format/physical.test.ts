import { expect, it } from 'vitest'
import { UNKNOWN, roughCelsius, rpm, watts } from './format'
import { amperes, celsius, linkSpeed, volts, wattHours } from './physical'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

it('writes each quantity with its unit', () => {
  expect(plain(celsius(74.08))).toBe('74.1 °C')
  expect(plain(roughCelsius(-0.2))).toBe('0 °C')
  expect(plain(volts(12.096))).toBe('12.10 V')
  expect(plain(amperes(3.2))).toBe('3.20 A')
  expect(plain(watts(61.24))).toBe('61.2 W')
  expect(plain(watts(0.351))).toBe('0.35 W')
  expect(plain(watts(1_234))).toBe('1.23 kW')
  expect(plain(wattHours(48.21))).toBe('48.2 Wh')
  expect(plain(rpm(3_210))).toBe('3,210 rpm')
})

it('names links as they are sold', () => {
  expect(plain(linkSpeed(100))).toBe('100 Mb/s')
  expect(plain(linkSpeed(1_000))).toBe('1 Gb/s')
  expect(plain(linkSpeed(2_500))).toBe('2.5 Gb/s')
})

it('never makes a number of what nobody knows', () => {
  for (const write of [celsius, roughCelsius, volts, amperes, watts, wattHours, rpm, linkSpeed]) {
    expect(write(undefined)).toBe(UNKNOWN)
    expect(write(Number.NaN)).toBe(UNKNOWN)
  }
})

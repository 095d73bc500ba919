import { expect, it } from 'vitest'
import type { EnergyWish } from '../settings'
import { isLow, shouldSave } from './energy'

function check(wish: EnergyWish, batteryLow: boolean, saveData: boolean, expected: boolean): void {
  expect(shouldSave(wish, { batteryLow, saveData })).toBe(expected)
}

it('a wish is a wish', () => {
  check('saver', false, false, true)
  check('full', true, true, false)
})

it('automatically when the battery is low or data are to be saved', () => {
  check('auto', false, false, false)
  check('auto', true, false, true)
  check('auto', false, true, true)
})

it('a battery is low below a fifth, while it is being emptied', () => {
  expect(isLow({ charging: false, level: 0.19 })).toBe(true)
  expect(isLow({ charging: false, level: 0.2 })).toBe(false)
  expect(isLow({ charging: true, level: 0.05 })).toBe(false)
})

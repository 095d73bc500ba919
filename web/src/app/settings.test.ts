import { expect, it } from 'vitest'
import { settingsFrom } from './settings'

it('what nobody chose is as shipped', () => {
  expect(settingsFrom({})).toEqual({
    theme: 'system',
    keys: true,
    toasts: 'all',
    energy: 'auto',
    pinned: [],
  })
})

it('what is chosen holds; what is not understood is as shipped', () => {
  const chosen = { theme: 'dark', keys: false, toasts: 'none', energy: 'saver', pinned: ['cpu', 3] }
  expect(settingsFrom(chosen)).toEqual({ ...chosen, pinned: ['cpu'] })
  const odd = { theme: 'pink', keys: 'no', toasts: 7, energy: null, pinned: 'cpu' }
  expect(settingsFrom(odd)).toEqual(settingsFrom({}))
})

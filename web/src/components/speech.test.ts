import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Region, createRegion } from './speech'

let region: Region

beforeEach(() => {
  vi.useFakeTimers()
  region = createRegion(() => performance.now())
})
afterEach(() => {
  vi.useRealTimers()
})

it('changes are spoken at most once in 10 s, together', () => {
  region.add('CPU is warm.')
  vi.advanceTimersByTime(0)
  expect(region.text.value).toBe('CPU is warm.')
  region.add('Memory is full.')
  region.add('Disk is full.')
  vi.advanceTimersByTime(9_999)
  expect(region.text.value).toBe('CPU is warm.')
  vi.advanceTimersByTime(1)
  expect(region.text.value).toBe('Memory is full. Disk is full.')
})

it('the newest word about the same counts, and many are folded', () => {
  for (const one of ['a', 'b', 'c', 'd', 'e']) region.add(`${one}.`, one)
  region.add('a again.', 'a')
  vi.advanceTimersByTime(0)
  expect(region.text.value).toBe('b. c. d. 2 more.')
})

it('what was asked for is said at once, also when it is the same again', () => {
  region.say('43 %')
  expect(region.text.value).toBe('43 %')
  region.say('43 %')
  expect(region.text.value).toBe('43 %\u00a0')
})

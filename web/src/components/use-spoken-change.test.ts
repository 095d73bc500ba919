import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type EffectScope, effectScope, nextTick, shallowRef } from 'vue'
import type { Status } from '../status/status'
import { assertive, polite } from './speech'
import { type Spoken, useSpokenChange } from './use-spoken-change'

let scope: EffectScope
const now = shallowRef<Spoken>({ status: 'ok', sentence: 'All quiet.' })

beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
  scope.run(() => useSpokenChange(now))
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
})

async function become(status: Status, sentence: string): Promise<void> {
  now.value = { status, sentence }
  await nextTick()
  vi.advanceTimersByTime(10_000)
}

it('speaks when the status changes, not with every sentence', async () => {
  await become('ok', 'Still quiet.')
  expect(polite.text.value).toBe('')
  await become('crit', 'CPU is at 96 %.')
  expect(assertive.text.value).toBe('Critical: CPU is at 96 %.')
  expect(polite.text.value).toBe('')
  await become('ok', 'All quiet.')
  expect(polite.text.value).toBe('Normal: All quiet.')
})

import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import SpokenChange from './SpokenChange.vue'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('speaks when the status changes, not with every sentence, and at most once in 10 s', async () => {
  const spoken = mount(SpokenChange, { props: { status: 'ok', sentence: 'All quiet.' } })
  await spoken.setProps({ sentence: 'Still quiet.' })
  vi.advanceTimersByTime(20_000)
  expect(spoken.text()).toBe('')

  await spoken.setProps({ status: 'crit', sentence: 'CPU is at 96 %.' })
  vi.advanceTimersByTime(0)
  await nextTick()
  expect(spoken.text()).toBe('Critical: CPU is at 96 %.')

  await spoken.setProps({ status: 'ok', sentence: 'All quiet.' })
  vi.advanceTimersByTime(9_000)
  await nextTick()
  expect(spoken.text()).toBe('Critical: CPU is at 96 %.')
  vi.advanceTimersByTime(1_000)
  await nextTick()
  expect(spoken.text()).toBe('Normal: All quiet.')
})

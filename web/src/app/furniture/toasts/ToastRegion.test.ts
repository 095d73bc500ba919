// @vitest-environment happy-dom
import { type VueWrapper, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick } from 'vue'
import { type Level, dismiss, notices, notify } from '../../../components/notices'
import { assertive, polite } from '../../../components/speech'
import { useKeyboard } from '../../keyboard'
import type { ToastWish } from '../../settings'
import ToastRegion from './ToastRegion.vue'

let region: VueWrapper
const scope = effectScope()

function open(wish: ToastWish = 'all', phone = false): void {
  vi.stubGlobal('matchMedia', () => Object.assign(new EventTarget(), { matches: phone }))
  region = mount(ToastRegion, { props: { wish } })
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  for (const { id } of notices.value) dismiss(id)
  region.unmount()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function tell(level: Level, ...texts: string[]): Promise<void> {
  for (const text of texts) notify({ level, text })
  await nextTick()
}

async function pass(ms: number): Promise<void> {
  vi.advanceTimersByTime(ms)
  await nextTick()
}

const shown = (): string[] =>
  region.findAll('.toast .text').map((one) => one.text().replace(/^\w+: /, ''))

it('at most three, the newest; the rest is counted and comes later', async () => {
  open()
  await tell('info', 'a', 'b', 'c', 'd', 'e')
  expect(shown()).toEqual(['c', 'd', 'e'])
  expect(region.get('.more').text()).toBe('2 more')
  await pass(4_000)
  expect(shown()).toEqual(['a', 'b'])
})

it('one at a time on a phone', async () => {
  open('all', true)
  await tell('info', 'a', 'b')
  expect(shown()).toEqual(['b'])
})

it('pointing at them or standing in them stops the clock', async () => {
  open()
  await tell('success', 'Saved.')
  await region.trigger('pointerenter')
  await pass(60_000)
  expect(shown()).toEqual(['Saved.'])
  await region.trigger('pointerleave')
  await region.trigger('focusin')
  await pass(60_000)
  expect(shown()).toEqual(['Saved.'])
  await region.trigger('focusout')
  await pass(3_000)
  expect(shown()).toEqual([])
})

it('Escape closes the newest, and is somebody else’s when there is none', async () => {
  scope.run(() => useKeyboard())
  open()
  await tell('info', 'a', 'b')
  const press = async (): Promise<boolean> => {
    const event = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true })
    document.body.dispatchEvent(event)
    await nextTick()
    return event.defaultPrevented
  }
  expect(await press()).toBe(true)
  expect(shown()).toEqual(['a'])
  expect(await press()).toBe(true)
  expect(shown()).toEqual([])
  expect(await press()).toBe(false)
  scope.stop()
})

it('Undo does what it says, and the notice goes', async () => {
  open()
  const run = vi.fn()
  notify({ level: 'success', text: 'Renamed.', action: { text: 'Undo', run } })
  await nextTick()
  await region.get('.act').trigger('click')
  expect(run).toHaveBeenCalledOnce()
  expect(shown()).toEqual([])
})

it('critical ones are spoken in the assertive region, others in the polite one', async () => {
  open()
  await tell('danger', 'The store is full.')
  await tell('success', 'Saved.')
  await pass(0)
  expect(assertive.text.value).toContain('The store is full.')
  expect(polite.text.value).toContain('Saved.')
})

it('is a named section, so that what is in it belongs somewhere', () => {
  open()
  expect(region.find('section').attributes('aria-label')).toBe('Notifications')
})

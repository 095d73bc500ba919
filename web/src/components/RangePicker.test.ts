// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { nextTick } from 'vue'
import type { TimeRange } from '../live'
import RangePicker from './RangePicker.vue'
import { rangeName } from './range-name'

const now = new Date(2026, 10, 21, 9, 43, 2).getTime()

async function opened(range: TimeRange) {
  const picker = mount(RangePicker, { props: { range, nowMs: now }, attachTo: document.body })
  const panel = picker.get('[popover]')
  const toggle = Object.assign(new Event('toggle'), { newState: 'open' })
  panel.element.dispatchEvent(toggle)
  await nextTick()
  return picker
}

it('names what it shows', () => {
  const live = (windowMs: number): string => rangeName({ is: 'live', windowMs }, now)
  expect([300_000, 900_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000].map(live)).toEqual([
    'Live 5 min',
    'Last 15 min',
    'Last hour',
    'Last 6 h',
    'Last 24 h',
    'Last 7 d',
  ])
  expect(rangeName({ is: 'fixed', from: now - 900_000, to: now }, now)).toBe('09:28 – 09:43')
})

it('offers the windows, marks the one that holds, and tells which is picked', async () => {
  const picker = await opened({ is: 'live', windowMs: 300_000 })
  const items = picker.findAll('[role="menuitemradio"]')
  expect(items).toHaveLength(6)
  expect(
    items.map((item) => item.attributes('aria-checked')).filter((is) => is === 'true'),
  ).toHaveLength(1)
  expect(document.activeElement?.textContent).toContain('Live 5 min')
  const menu: HTMLElement & { hidePopover?: () => void } =
    picker.get<HTMLElement>('[popover]').element
  menu.hidePopover = () => undefined
  await items[2]?.trigger('click')
  expect(picker.emitted('pick')).toEqual([[{ is: 'live', windowMs: 3_600_000 }]])
  picker.unmount()
})

it('a fixed range is none of the windows, and Down walks through them', async () => {
  const picker = await opened({ is: 'fixed', from: now - 60_000, to: now })
  expect(picker.findAll('[aria-checked="true"]')).toHaveLength(0)
  await picker.get('[role="menu"]').trigger('keydown', { key: 'ArrowDown' })
  expect(document.activeElement?.textContent).toContain('Last 15 min')
  picker.unmount()
})

// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import CardGuard from './CardGuard.vue'

beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined))
afterEach(() => void vi.restoreAllMocks())

const broken = ref(true)
const Chart = defineComponent(() => () => {
  if (broken.value) throw new Error('no such column')
  return h('p', 'a chart')
})

function page(inside: () => unknown) {
  return mount(() => [
    h(CardGuard, { what: 'chart', title: 'CPU' }, { default: inside }),
    h('p', 'the rest of the page'),
  ])
}

it('what fails inside says so, the page goes on, and Retry tries again', async () => {
  broken.value = true
  const shown = page(() => h(Chart))
  await nextTick()
  expect(shown.text()).toContain('This chart failed.no such column')
  expect(shown.text()).toContain('the rest of the page')
  await shown.get('button').trigger('click')
  expect(shown.text()).toContain('This chart failed.')
  broken.value = false
  await shown.get('button').trigger('click')
  expect(shown.text()).toBe('a chartthe rest of the page')
})

it('what the slot itself throws is caught as well', async () => {
  const shown = page(() => {
    throw new Error('undefined is not a number')
  })
  await nextTick()
  expect(shown.text()).toContain('This chart failed.undefined is not a number')
  expect(shown.text()).toContain('the rest of the page')
})

it('a failure after the first picture is caught too', async () => {
  broken.value = false
  const shown = page(() => h(Chart))
  expect(shown.text()).toContain('a chart')
  broken.value = true
  await nextTick()
  await nextTick()
  expect(shown.text()).toContain('This chart failed.')
})

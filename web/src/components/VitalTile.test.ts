// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import type { Age } from '../live'
import VitalTile from './VitalTile.vue'

const at = new Date(2026, 10, 21, 9, 43, 12).getTime()

function tile(age: Age) {
  const props = { title: 'CPU', text: '43.1\u00a0%', status: 'ok', note: 'Load 0.42', age } as const
  return mount(VitalTile, { props })
}

it('a fresh value says its status and context', () => {
  const text = tile({ is: 'fresh', at }).text()
  expect(text).toContain('Normal')
  expect(text).toContain('Load 0.42')
})

it('a stale one is paler and says how old it is', () => {
  const stale = tile({ is: 'stale', at, ageMs: 12_000 })
  expect(stale.get('p').classes()).toContain('is-stale')
  expect(stale.text().replaceAll('\u00a0', ' ')).toContain('12 s ago')
})

it('an unknown one is hatched, never green, and says when it was last seen', () => {
  const unknown = tile({ is: 'unknown', at })
  expect(unknown.get('p').classes()).toContain('is-unknown')
  expect(unknown.text()).toContain('Unknown')
  expect(unknown.text()).not.toContain('Normal')
  expect(unknown.text()).toContain('last seen 09:43:12')
})

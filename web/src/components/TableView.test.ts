// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { percent } from '../format/format'
import TableView from './TableView.vue'
import type { ChartModel } from './chart/model'

const at = Float64Array.from([0, 1, 2], (second) => Date.UTC(2026, 10, 21, 9, 43, second))

const model: ChartModel = {
  title: 'CPU',
  lines: [{ label: 'busy', colour: 'series-1' }],
  columns: { at, values: [Float64Array.of(5, Number.NaN, 7.25)], intervalMs: 1000 },
  fromMs: at[0] ?? 0,
  toMs: at[2] ?? 0,
  scale: { kind: 'percent' },
  live: true,
  format: percent,
}

it('is a real table: a name, heads, one row for each value, newest first', () => {
  const table = mount(TableView, { props: { model } })
  expect(table.get('[role="region"]').attributes('aria-label')).toBe('CPU as a table')
  expect(table.findAll('thead th').map((head) => head.text())).toEqual(['Time', 'busy'])
  const rows = table.findAll('tbody tr')
  expect(rows.map((row) => row.get('td').text().replace('\u00a0', ' '))).toEqual(['7.3 %', '5.0 %'])
  expect(rows.map((row) => row.get('th').attributes('title'))).toEqual([
    '2026-11-21 09:43:02 UTC',
    '2026-11-21 09:43:00 UTC',
  ])
  expect(table.get('caption').text()).toBe('2 rows, newest first.')
})

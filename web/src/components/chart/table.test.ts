import { expect, it } from 'vitest'
import type { ChartModel } from './model'
import { nearestRow, stack, topOf } from './model'
import { MOST_ROWS, tableOf } from './table'

function model(rows: number): ChartModel {
  const at = Float64Array.from({ length: rows }, (_, i) => i * 1000)
  return {
    title: 'CPU',
    lines: [{ label: 'busy', colour: 'series-1' }],
    columns: { at, values: [at.map((ms) => ms / 1000)], intervalMs: 1000 },
    fromMs: 0,
    toMs: rows * 1000,
    scale: { kind: 'percent' },
    live: true,
    format: String,
  }
}

it('shows every row, newest first, while there are few', () => {
  const { rows, note } = tableOf(model(3))
  expect(rows.map((row) => row.values[0])).toEqual([2, 1, 0])
  expect(note).toBe('3 rows, newest first.')
})

it('never more than 200 rows, and says that it left some out', () => {
  const { rows, note } = tableOf(model(900))
  expect(rows.length).toBeLessThanOrEqual(MOST_ROWS)
  expect(rows[0]?.atMs).toBe(899_000)
  expect(note).toBe('180 of 900 rows (1 in 5), newest first.')
})

it('a row without any value is no row', () => {
  const one = model(3)
  one.columns.values[0]?.set([1, Number.NaN, 3])
  expect(tableOf(one).rows.map((row) => row.atMs)).toEqual([2000, 0])
})

it('nothing is an empty table', () => {
  expect(tableOf(model(0)).rows).toEqual([])
})

it('stacks lines on each other; what is missing stays missing', () => {
  const stacked = stack([
    Float64Array.of(1, 2),
    Float64Array.of(3, Number.NaN),
    Float64Array.of(5, 6),
  ])
  expect(stacked.map((one) => [...one])).toEqual([
    [1, 2],
    [4, Number.NaN],
    [9, Number.NaN],
  ])
})

it('finds the row under the pointer', () => {
  const at = [0, 1000, 2000]
  expect(nearestRow(at, -5)).toBe(0)
  expect(nearestRow(at, 1400)).toBe(1)
  expect(nearestRow(at, 1600)).toBe(2)
  expect(nearestRow(at, 9999)).toBe(2)
  expect(nearestRow([], 5)).toBeUndefined()
})

it('a full scale is always the whole', () => {
  expect(topOf({ kind: 'percent', full: true }, [[3]])).toBe(100)
  expect(topOf({ kind: 'percent' }, [[3]])).toBe(10)
  expect(topOf({ kind: 'amount', least: 1000 }, [[3]])).toBe(1000)
})

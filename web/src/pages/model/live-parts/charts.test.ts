import { expect, it } from 'vitest'
import type { SeriesView } from '../../../live'
import { accuracyModel, accuracyNames } from './charts'

function view(...columns: number[][]): SeriesView {
  const values = columns.map((column) => Float64Array.from(column))
  return {
    names: accuracyNames('churn-v3'),
    units: accuracyNames('churn-v3').map(() => 'number'),
    from: 0,
    to: 3_000,
    at: Float64Array.from([1_000, 2_000]),
    values,
    low: values,
    high: values,
    stepMs: 0,
    intervalMs: 1_000,
  }
}

const NONE = [Number.NaN, Number.NaN]

it('what is counted is full with the band it can lie in, what is estimated dashed with diamonds', () => {
  const model = accuracyModel(view([0.94, 0.95], [0.9, 0.91], [100, 150]), {}, true)
  expect(model.lines.map(({ label }) => label)).toEqual([
    'labelled',
    'estimated',
    'warning below',
    'critical below',
  ])
  expect(model.lines[0]).not.toHaveProperty('dash')
  expect(model.lines[1]).toMatchObject({ colour: 'est', diamonds: true, dash: [6, 4] })
  expect(model.columns.values[0]?.[0]).toBeCloseTo(94)
  expect(model.columns.band?.low[0]).toBeCloseTo(87.52, 1)
  // More labels than the window make the figure no surer.
  expect(model.columns.band?.low[1]).toBeCloseTo(88.8, 1)
  expect(model.scale).toMatchObject({ bottom: 50 })
})

it('limits are those of the model, and the axis shows them', () => {
  const limits = { accuracy_warning: 0.7, accuracy_critical: 0.4 }
  const model = accuracyModel(view([0.94, 0.95], NONE, [3, 4]), limits, true)
  expect(model.columns.values.map((column) => column[1])).toEqual([95, 70, 40])
  expect(model.scale).toMatchObject({ bottom: 0 })
})

it('without labels there is no full line, and without both nothing is drawn', () => {
  const estimated = accuracyModel(
    view(NONE, [0.9, 0.91], [0, 0], [0.87, 0.88], [0.93, 0.94]),
    {},
    true,
  )
  expect(estimated.lines[0]?.label).toBe('estimated')
  expect(estimated.columns.band?.low[1]).toBeCloseTo(88)
  expect(accuracyModel(view(NONE, NONE, NONE), {}, true).columns.at).toHaveLength(0)
})

import { expect, it } from 'vitest'
import type { ModelCard } from '../../model-parts/answers'
import { plain } from '../../model-parts/testing/samples'
import { compared, differing, summary, withInterval } from './compare'

const v1: ModelCard = {
  model: 'churn-v1',
  scores: {
    accuracy: { value: 0.9, low: 0.88, high: 0.92 },
    log_loss: { value: 0.3, low: 0.29, high: 0.31 },
    f1: { value: 0.8 },
  },
  parameters: { seed: 1, preset: 'fast', rounds: 100 },
}
const v2: ModelCard = {
  model: 'churn-v2',
  scores: {
    accuracy: { value: 0.91, low: 0.89, high: 0.93 },
    log_loss: { value: 0.25, low: 0.24, high: 0.26 },
    f1: { value: 0.9, low: 0.8, high: 0.95 },
  },
  parameters: { seed: 1, preset: 'balanced' },
}

it('overlapping intervals are called chance, less of an error is better', () => {
  const rows = compared(v1, v2)
  expect(rows.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['Accuracy', 'chance'],
    ['Log loss', 'second'],
    ['F1', 'unknown'],
  ])
  expect(plain(rows[0]?.difference ?? '')).toBe('+1.0 points')
  expect(rows[1]?.difference).toBe('−0.05')
  expect(summary(rows, 'churn v1', 'churn v2')).toBe(
    'churn v2 is better in Log loss, beyond chance.',
  )
  expect(summary(rows.slice(0, 1), 'a', 'b')).toBe(
    'All intervals overlap: which is better may be chance.',
  )
  expect(summary(rows.slice(2), 'a', 'b')).toContain('Without intervals')
})

it('a score is written with its interval', () => {
  expect(plain(withInterval('accuracy', v1.scores?.accuracy))).toBe('90.0 % (88.0–92.0 %)')
  expect(withInterval('rmse', { value: 3 })).toBe('3')
  expect(withInterval('rmse', undefined)).toBe('–')
})

it('only parameters that differ are listed', () => {
  expect(differing(v1, v2)).toEqual([
    { name: 'preset', first: 'fast', second: 'balanced' },
    { name: 'rounds', first: '100', second: '–' },
  ])
})

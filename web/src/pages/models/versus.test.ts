import { expect, it } from 'vitest'
import { metrics, plain, unlabelled } from '../model-parts/testing/samples'
import { verdict, versusRows } from './versus'

const names = ['churn v1', 'churn v2'] as const

it('what neither knows has no row, and a counted share has its interval', () => {
  const rows = versusRows(metrics(), undefined)
  expect(rows.map(({ name }) => name)).not.toContain('RMSE')
  expect(plain(rows[0]?.first ?? '')).toBe('94.2 % (88–97 %)')
  expect(rows[0]?.second).toBe('–')
})

it('few labels are no proof, many and far apart are', () => {
  expect(verdict(names, metrics({ accuracy: 0.94 }), metrics({ accuracy: 0.9 }))).toContain(
    'overlap',
  )
  expect(verdict(names, metrics({ accuracy: 0.6 }), metrics({ accuracy: 0.95 }))).toBe(
    'churn v2 is better than churn v1, beyond chance.',
  )
  expect(verdict(names, metrics(), unlabelled())).toContain('not known')
})

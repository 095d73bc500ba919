import type { ModelStatus } from '@bellwether/client'
import { expect, it } from 'vitest'
import { drift, metrics, plain, status, unlabelled } from '../model-parts/testing/samples'
import { modelColumns } from './columns'
import { overallOf, rowOf } from './rows'

const production: Partial<ModelStatus> = { aliases: ['production'], state: 'active' }

it('a row says how a version does, and why it does not', () => {
  const well = rowOf(status('churn-v3', production), metrics(), drift())
  expect(well).toMatchObject({ title: 'churn v3', stage: 'production', health: 'ok', finding: '' })
  const bad = metrics({ health: 'critical', health_reason: 'Accuracy is 78 %, below 80 %' })
  expect(rowOf(status('churn-v3'), bad, undefined)).toMatchObject({
    health: 'crit',
    word: 'Critical',
    finding: 'Accuracy is 78 %, below 80 %',
  })
  expect(
    rowOf(status('a-v1'), metrics(), drift({ drifted: true, text: 'tenure moved.' })),
  ).toMatchObject({ health: 'warn', finding: 'tenure moved.' })
  expect(rowOf(status('a-v1'), undefined, undefined).word).toBe('Not asked yet')
})

it('the worst speaks for all, and an estimate is called one', () => {
  const estimated = rowOf(status('iris-v1', production), unlabelled(0.91), undefined)
  expect(plain(overallOf([estimated]).sentence)).toBe(
    'iris v1 is in production and estimated to be right in 91 %.',
  )
  expect(overallOf([estimated]).detail).toContain('accuracy is an estimate: iris v1')
  const bad = metrics({ health: 'warning', health_reason: 'p95 is 140 ms, over 100 ms.' })
  const rows = [estimated, rowOf(status('churn-v3', production), bad, undefined)]
  expect(overallOf(rows).sentence).toBe('Warning for churn v3: p95 is 140 ms, over 100 ms.')
  const retired = rowOf(status('old-v1'), { ...bad, predictions_per_minute: 0 }, undefined)
  expect(overallOf([estimated, retired]).sentence).toMatch(/^iris v1 is in production/)
  expect(overallOf([rowOf(status('a-v1'), undefined, undefined)]).sentence).toBe(
    'No model is in production.',
  )
})

it('the table writes counted and estimated accuracy differently, and puts the worst on top', () => {
  const columns = modelColumns()
  const of = (id: string) => columns.find((column) => column.id === id)!
  const counted = rowOf(status('a-v1'), metrics(), drift())
  expect(plain(of('accuracy').text(counted))).toBe('94.2 %, 100 labelled')
  expect(plain(of('accuracy').text(rowOf(status('a-v1'), unlabelled(0.91), undefined)))).toBe(
    '91.0 %, estimated',
  )
  expect(
    plain(of('rate').text(rowOf(status('a-v1'), metrics({ rate_trend: 'increasing' }), undefined))),
  ).toBe('42 / min ↑')
  const rank = of('health').order!
  const crit = rowOf(status('a-v1'), metrics({ health: 'critical' }), undefined)
  expect(rank(crit)).toBeGreaterThan(rank(counted) as number)
})

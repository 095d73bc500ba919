import type { ModelStatus, TrainingStatus } from '@bellwether/client'
import { expect, it } from 'vitest'
import { AT, metrics, plain, status, unlabelled } from '../model-parts/testing/samples'
import { rowOf } from '../models/rows'
import { loud, onNow, tilesOf, trainingText } from './models'

const used: Partial<ModelStatus> = { aliases: ['production'], state: 'active' }
const well = rowOf(status('churn-v3', used), metrics({ accuracy: 0.95 }), undefined)
const bad = rowOf(
  status('iris-v1', used),
  metrics({ accuracy: 0.79, health: 'critical' }),
  undefined,
)
const idle = rowOf(status('old-v1'), undefined, undefined)

it('the worst stand on top, and only those with a finding get a lane', () => {
  expect(onNow([idle, well, bad]).map(({ key }) => key)).toEqual(['iris-v1', 'churn-v3', 'old-v1'])
  expect(loud([idle, well, bad]).map(({ key }) => key)).toEqual(['iris-v1'])
})

it('the tile shows the worst, never a mean that hides it', () => {
  const [rate, accuracy] = tilesOf([well, bad, idle])
  expect(plain(rate?.text ?? '')).toBe('84 / min')
  expect(plain(accuracy?.text ?? '')).toBe('79.0 %')
  expect(accuracy).toMatchObject({ status: 'crit' })
  expect(accuracy?.note).toContain('worst: iris v1')
})

it('an estimate says so, and without a model in use there is no tile', () => {
  const [, accuracy] = tilesOf([rowOf(status('a-v1', used), unlabelled(0.9), undefined)])
  expect(accuracy).toMatchObject({ status: 'unknown', word: 'Estimated' })
  expect(tilesOf([idle])).toEqual([])
})

it('a training says how far it is', () => {
  const run: TrainingStatus = {
    run: 7,
    state: 'running',
    text: '',
    task: 'classification',
    model_name: 'churn',
    queued_at_ms: AT,
  }
  expect(trainingText({ ...run, state: 'queued', runs_before: 2 }, undefined)).toBe(
    'churn waits behind 2',
  )
  const progress = {
    stage: 'model_training',
    step: 'training_model',
    progress_percent: 64,
    text: '',
    steps_seconds: {},
    elapsed_seconds: 60,
    remaining_seconds: 40,
  } as const
  expect(plain(trainingText(run, progress))).toBe('training churn, 64 %, about 40 s')
})

import type { TrainingProgress, TrainingStatus } from '@bellwether/client'
import { describe, expect, it } from 'vitest'
import { outlookOf, settingsText, stepsOf, versionOf, windowFor } from './stages'

const STATUS: TrainingStatus = {
  run: 7,
  state: 'running',
  text: 'Training churn.',
  task: 'automatic',
  model_name: 'churn',
  queued_at_ms: 0,
}

const PROGRESS: TrainingProgress = {
  stage: 'model_training',
  step: 'training_model',
  progress_percent: 40,
  text: 'Round 128 of 200.',
  steps_seconds: { preparing_data: 0.5, data_validation: 0.25, feature_engineering: 1.5 },
  elapsed_seconds: 10.25,
}

function check(
  status: Partial<TrainingStatus>,
  progress: TrainingProgress | undefined,
  said: string,
) {
  const steps = stepsOf({ ...STATUS, ...status }, progress)
  const text = steps.map(({ title, state, note }) => [title, state, note].filter(Boolean).join(' '))
  expect(text.join(' | ').replaceAll('\u00a0', ' ')).toBe(said)
}

describe('stepsOf', () => {
  it('adds the real times of steps up, and counts the stage under way until now', () => {
    check(
      {},
      PROGRESS,
      'Prepare done 750 ms | Features done 1.50 s | Train now 8.00 s | Validate waiting | Finish waiting',
    )
  })

  it('waits in the queue', () => {
    check(
      { state: 'queued' },
      undefined,
      'Prepare waiting | Features waiting | Train waiting | Validate waiting | Finish waiting',
    )
  })

  it('keeps the stage where it failed', () => {
    check(
      {
        state: 'failed',
        failure: { code: 'one_class', text: '', step: 'data_validation', suggestions: [] },
      },
      undefined,
      'Prepare failed | Features waiting | Train waiting | Validate waiting | Finish waiting',
    )
    check(
      { state: 'cancelled' },
      PROGRESS,
      'Prepare done 750 ms | Features done 1.50 s | Train stopped 8.00 s | Validate waiting | Finish waiting',
    )
  })

  it('is done when it is completed, also without any progress', () => {
    check(
      { state: 'completed' },
      undefined,
      'Prepare done | Features done | Train done | Validate done | Finish done',
    )
  })
})

it('says how long it still takes, or what is before it', () => {
  const said = (status: Partial<TrainingStatus>, progress?: Partial<TrainingProgress>) =>
    outlookOf({ ...STATUS, ...status }, progress && { ...PROGRESS, ...progress })?.replaceAll(
      '\u00a0',
      ' ',
    )
  expect(said({}, { round: 128, rounds: 200, remaining_seconds: 38 })).toBe(
    'Round 128 of 200, about 40 s left',
  )
  expect(said({}, { round: 2 })).toBe('Round 2, estimating how long it takes')
  expect(said({ state: 'queued', runs_before: 0 })).toBe('Next in the queue')
  expect(said({ state: 'queued', runs_before: 3 })).toBeUndefined()
  expect(said({ state: 'completed' })).toBeUndefined()
})

it('looks back far enough to see the start', () => {
  for (const seconds of [1, 50, 60, 280, 800, 90_000, 900_000]) {
    expect(windowFor(seconds * 1_000)).toBeGreaterThan(seconds * 1_000)
  }
})

it('reads a version, and not what only looks like one', () => {
  expect(versionOf('churn-v3')).toEqual({ name: 'churn', version: 3 })
  expect(versionOf('a-v2-v10')).toEqual({ name: 'a-v2', version: 10 })
  expect(versionOf('churn')).toBeUndefined()
})

it('writes settings in a line', () => {
  expect(settingsText({ max_depth: 6, rate: 0.05, note: null })).toBe('max depth 6, rate 0.05')
  expect(settingsText('linear')).toBe('linear')
})

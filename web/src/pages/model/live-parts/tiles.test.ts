import { expect, it } from 'vitest'
import { drift, metrics, plain, unlabelled } from '../../model-parts/testing/samples'
import { tilesOf } from './tiles'

function say(...[known]: Parameters<typeof tilesOf>): string[] {
  return tilesOf(known).map((one) =>
    plain(`${one.title}: ${one.text} (${one.word ?? one.status}) ${one.note}`),
  )
}

it('a version that is asked and labelled', () => {
  const known = metrics({ rate_trend: 'increasing', accuracy_trend: 'stable' })
  expect(
    say({
      metrics: known,
      drift: drift({ features: { a: { distance: 0, threshold: 0.1, drifted: false } } }),
    }),
  ).toEqual([
    'Accuracy: 94.2 % (ok) Last 100 labelled, 88–97 %, steady',
    'Predictions: 42 / min (↑ rising) 1,200 since it was registered',
    'Response, p95: 21 ms (ok) p50 8.00 ms, p99 40 ms',
    'Drift: 0 of 1 columns (ok) 200 predictions against training',
  ])
})

it('an estimate is never judged as if it were counted', () => {
  const [quality] = tilesOf({ metrics: unlabelled(0.6), drift: undefined })
  expect(quality).toMatchObject({
    title: 'Accuracy, estimated',
    status: 'unknown',
    word: 'Estimated',
  })
})

it("limits are the model's own", () => {
  const thresholds = { accuracy_warning: 0.97, accuracy_critical: 0.9, response_warning_ms: 10 }
  const tiles = tilesOf({ metrics: metrics(), drift: undefined, thresholds })
  expect(tiles.map(({ status }) => status)).toEqual(['warn', 'ok', 'warn', 'unknown'])
})

it('nothing is known before it was asked, and nothing is zero', () => {
  expect(say({ metrics: undefined, drift: undefined })).toEqual([
    'Accuracy: – (No labels) Known once labels come',
    'Predictions: – (None yet) ',
    'Response, p95: – (unknown) ',
    'Drift: – (Not compared yet) After enough predictions',
  ])
})

it('the column that moved and matters most is named', () => {
  const moved = (importance: number) => ({
    distance: 0.31,
    threshold: 0.1,
    drifted: true,
    importance,
  })
  const features = { age: moved(0.1), tenure: moved(0.4) }
  expect(say({ metrics: metrics(), drift: drift({ drifted: true, features }) })[3]).toBe(
    'Drift: 2 of 2 columns (warn) tenure most: 0.31, limit 0.1',
  )
})

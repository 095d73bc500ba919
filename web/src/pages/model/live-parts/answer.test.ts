import { expect, it } from 'vitest'
import { drift, metrics, plain, status, unlabelled } from '../../model-parts/testing/samples'
import { answersOf } from './answer'

const version = status('churn-v3', { state: 'active', aliases: ['production'] })

function say(...[known]: Parameters<typeof answersOf>): string[] {
  return answersOf(known).shown.map((one) =>
    plain(`[${one.status}] ${one.sentence} ${one.detail}`.trim()),
  )
}

it('a version that is well says how right it is and how that is known', () => {
  expect(
    say({ status: version, metrics: metrics({ rate_trend: 'stable' }), drift: drift() }),
  ).toEqual([
    '[ok] churn v3 was right in 94.2 % of the last 100 labelled predictions (88–97 %). ' +
      '42 / min, steady; p95 21 ms. Inputs look as in training.',
  ])
})

it('an estimate says that it is one, with its interval', () => {
  const estimate = { accuracy: 0.913, low: 0.88, high: 0.95 }
  expect(
    say({ status: version, metrics: unlabelled(0.913), drift: undefined, estimate })[0],
  ).toContain('is estimated to be right in 91.3 % (88–95 %): no label has come yet.')
})

it('what is wrong comes first, with its limit, and drift is told beside it', () => {
  const bad = metrics({
    accuracy: 0.79,
    health: 'critical',
    health_reason: 'Accuracy is 79 %, below 80 %',
  })
  const moved = drift({
    drifted: true,
    text: 'tenure moved: half of it is above what was trained.',
  })
  expect(say({ status: version, metrics: bad, drift: moved })).toEqual([
    expect.stringMatching(/^\[crit\] churn v3: Accuracy is 79 %, below 80 %\. churn v3 was right/),
    '[warn] tenure moved: half of it is above what was trained.',
  ])
})

it('drift that is the reason is told once', () => {
  const text = 'tenure moved.'
  const warned = metrics({ health: 'warning', health_reason: 'drift: tenure moved' })
  const said = say({ status: version, metrics: warned, drift: drift({ drifted: true, text }) })
  expect(said).toHaveLength(2)
  expect(said[0]).toBe('[warn] tenure moved.')
  expect(said[1]).toMatch(/^\[ok\] churn v3 was right/)
})

it('of several reasons the drift is left out where it is told by itself', () => {
  const text = 'Not as in training: tenure (47 % of the importance).'
  const reason = `accuracy 81.0 % is below 85.0 %; drift: ${text.slice(0, -1)}; p95 is 120 ms`
  const warned = metrics({ health: 'warning', health_reason: reason })
  const said = say({ status: version, metrics: warned, drift: drift({ drifted: true, text }) })
  expect(said[0]).toMatch(/^\[warn\] churn v3: accuracy 81\.0 % is below 85\.0 %; p95 is 120 ms\./)
  expect(said[1]).toBe(`[warn] ${text}`)
})

it('nobody knows how a version does that nobody asked, and a broken one says why', () => {
  expect(say({ status: version, metrics: undefined, drift: undefined })[0]).toMatch(
    /^\[unknown\] churn v3 is in production and nobody has asked it yet\./,
  )
  const broken = status('churn-v3', {
    state: 'error',
    error: 'The file is damaged. Import it again.',
  })
  expect(say({ status: broken, metrics: metrics(), drift: undefined })).toEqual([
    '[crit] churn v3 cannot predict: The file is damaged. Import it again.',
  ])
})

it('a regression is told in its own figures', () => {
  const rest = { ...unlabelled(), labelled: 100, r_squared: 0.83, rmse: 48_120 }
  expect(say({ status: version, metrics: rest, drift: undefined })[0]).toContain(
    'explains 83 % of the spread of the last 100 labelled predictions, errors of about 48,120.',
  )
})

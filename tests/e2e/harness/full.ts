/**
 * The real program in a full state, made over HTTP: datasets of three kinds, trainings in every state,
 * models with versions, a candidate in shadow and a split, predictions with and without labels, inputs that
 * moved away, and alerts. Deterministic in all but times and what the machine itself does.
 */

import type { APIRequestContext, APIResponse } from 'playwright-core'
import { type Cells, csvOf, pressHours, wines } from './factory'
import type { Program } from './program'
import { churnCsv } from './tables'
import { until } from './until'

const PATIENCE_MS = 240_000
const CHURN_ROWS = 2_000
/** A target that is always the same: there is nothing to learn. */
const ONE_ANSWER = csvOf(
  Array.from({ length: 60 }, (_, i) => ({
    line: i % 9,
    part: i % 4 === 0 ? '' : 'x',
    passed: 'yes',
  })),
)

export interface Full {
  readonly datasets: { readonly churn: string; readonly press: string; readonly wine: string }
  readonly runs: {
    readonly finished: number
    readonly searched: number
    readonly failed: number
    readonly cancelled: number
  }
  post(path: string, data?: unknown): Promise<Record<string, unknown>>
  /** A training that takes long, and one that waits for it. */
  busy(): Promise<{ running: number; queued: number }>
  /** Asks churn for some rows, one by one, as programs do. */
  ask(count: number, seed: number): Promise<void>
}

async function answered(answer: APIResponse): Promise<Record<string, unknown>> {
  if (!answer.ok()) throw new Error(`${answer.url()}: ${answer.status()} ${await answer.text()}`)
  const text = await answer.text()
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

/** Rows of a table of customers without the target, and what was true of each. */
function customersOf(count: number, seed: number): { inputs: Cells; truth: string }[] {
  const [head = '', ...lines] = churnCsv(count, seed).trim().split('\n')
  const names = head.split(',')
  return lines.map((line) => {
    const row = Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', cell]))
    const { churn: truth = '', ...inputs } = row
    return { inputs, truth }
  })
}

export async function fill(request: APIRequestContext, { url }: Program): Promise<Full> {
  const headers = { origin: url }
  const post = async (path: string, data: unknown = {}) =>
    answered(await request.post(url + path, { headers, data }))
  const put = async (path: string, data: unknown) =>
    answered(await request.put(url + path, { headers, data }))

  async function uploaded(name: string, text: string): Promise<string> {
    const file = { name, mimeType: 'text/csv', buffer: Buffer.from(text) }
    const answer = await request.post(`${url}/api/upload`, { headers, multipart: { file } })
    return String((await answered(answer)).dataset_id)
  }
  const train = async (wish: object): Promise<number> =>
    Number((await post('/api/train', wish)).run)
  async function stateOf(run: number): Promise<string> {
    const { status } = await answered(await request.get(`${url}/api/runs/${String(run)}`))
    return (status as { state: string }).state
  }
  async function ended(run: number): Promise<number> {
    const over = async () => (['queued', 'running'].includes(await stateOf(run)) ? undefined : run)
    return until(`run ${String(run)} to end`, over, PATIENCE_MS)
  }
  async function predict(id: string, rows: readonly Cells[]): Promise<string[]> {
    const { predictions } = await post(`/api/models/${id}/predict`, rows)
    return (predictions as { prediction_id: string }[]).map(({ prediction_id: one }) => one)
  }
  const without =
    (target: string) =>
    (row: Cells): Cells =>
      Object.fromEntries(Object.entries(row).filter(([name]) => name !== target))

  const datasets = {
    churn: await uploaded('customers 2026-10.csv', churnCsv(CHURN_ROWS)),
    press: await uploaded('press-3 energy by hour.csv', csvOf(pressHours(2_400, 5))),
    wine: await uploaded('wine judgements.csv', csvOf(wines(1_200, 3))),
  }
  const one = await uploaded('one answer only.csv', ONE_ANSWER)

  const churn = { dataset_id: datasets.churn, target_column: 'churn', model_name: 'churn' }
  const finished = await ended(await train({ ...churn, preset: 'fast', seed: 7 }))
  const failed = await ended(await train({ dataset_id: one, target_column: 'passed' }))
  await ended(await train({ ...churn, preset: 'fast', seed: 11 }))
  const searched = await ended(await train({ ...churn, preset: 'balanced', seed: 23 }))
  const press = { dataset_id: datasets.press, target_column: 'energy_kwh', preset: 'fast' }
  await ended(await train({ ...press, model_name: 'press-energy', split: 'time' }))
  const wine = { dataset_id: datasets.wine, target_column: 'quality', model_name: 'wine-quality' }
  await ended(await train({ ...wine, preset: 'fast' }))
  const cancelled = await train({ ...wine, preset: 'thorough', seed: 5 })
  await until('it to run', async () =>
    (await stateOf(cancelled)) === 'running' ? true : undefined,
  )
  await post(`/api/runs/${String(cancelled)}/cancel`)
  await ended(cancelled)

  await put('/api/models/churn/aliases/candidate', { model_id: 'churn-v3' })
  await post('/api/models/churn-v2/deploy')
  await put('/api/models/churn/routing', {
    shadow: 'churn-v3',
    split: { model_id: 'churn-v1', share: 0.1 },
  })

  const ask = async (count: number, seed: number): Promise<void> => {
    for (const { inputs } of customersOf(count, seed))
      await post('/api/models/churn/predict', inputs)
  }
  // Known customers first, with the truth about most of them, some of it against the model.
  const known = customersOf(300, 99)
  const ids: string[] = []
  for (const { inputs } of known)
    ids.push(String((await post('/api/models/churn/predict', inputs)).prediction_id))
  const labels = known.map(({ truth }, i) => ({
    prediction_id: ids[i],
    label: i % 9 === 4 ? (truth === 'yes' ? 'no' : 'yes') : truth,
  }))
  await post('/api/models/churn/feedback', { labels: labels.slice(0, 240) })
  // Then customers of another kind: long-standing, on a contract that was not there.
  const moved = customersOf(400, 5).map(({ inputs }) => ({
    ...inputs,
    tenure: Number(inputs.tenure) + 90,
    contract: 'weekly',
  }))
  for (const inputs of moved) await post('/api/models/churn/predict', inputs)
  // Energy of a warm month, with meter readings; wines that nobody has tasted yet.
  const hours = pressHours(240, 77, 4)
  const asked = await predict('press-energy', hours.map(without('energy_kwh')))
  await post('/api/models/press-energy/feedback', {
    labels: hours.map((row, i) => ({ prediction_id: asked[i], label: row.energy_kwh })),
  })
  await predict('wine-quality', wines(150, 41).map(without('quality')))

  return {
    datasets,
    runs: { finished, searched, failed, cancelled },
    post,
    ask,
    async busy() {
      const long = { ...press, model_name: 'press-energy', preset: 'thorough' }
      const running = await train({ ...long, seed: 1 })
      const queued = await train({ ...wine, preset: 'balanced', seed: 2 })
      const has = async (state: string): Promise<true | undefined> =>
        (await stateOf(running)) === state ? true : undefined
      await until('it to run', () => has('running'))
      return { running, queued }
    },
  }
}

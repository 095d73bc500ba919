/**
 * Customers of a made-up shop as a CSV file, and a model that learned from them over HTTP. Whether one
 * leaves follows from how long they have been there and what they pay, with a few exceptions, so that a
 * model learns it and is not always right. The same numbers on every run.
 */

import type { APIRequestContext, APIResponse } from 'playwright-core'
import type { Program } from './program'
import { until } from './until'

export interface Customer {
  readonly tenure: number
  readonly fee: number
  readonly plan: 'basic' | 'pro'
}

/** Numbers from 0 to 1 from a seed (a linear congruential generator, Numerical Recipes' constants). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** `older`: everybody has been there for longer than anybody in training. */
export function customers(count: number, seed: number, older = false): Customer[] {
  const next = numbers(seed)
  return Array.from({ length: count }, () => ({
    tenure: Math.round((older ? 48 : 0) + next() * (older ? 24 : 40)),
    fee: Math.round(2_000 + next() * 8_000) / 100,
    plan: next() < 0.6 ? 'basic' : 'pro',
  }))
}

export function leaves({ tenure, fee, plan }: Customer): 'yes' | 'no' {
  return fee - tenure + (plan === 'basic' ? 8 : 0) > 38 ? 'yes' : 'no'
}

export function csvOf(rows: readonly Customer[], seed: number): string {
  const next = numbers(seed)
  const lines = rows.map((row) => {
    const honest = leaves(row)
    const told = next() < 0.04 ? (honest === 'yes' ? 'no' : 'yes') : honest
    return [row.tenure, row.fee, row.plan, told].join()
  })
  return ['tenure,fee,plan,churned', ...lines].join('\n')
}

async function answered<T>(answer: APIResponse): Promise<T> {
  if (!answer.ok()) throw new Error(`${answer.url()}: ${answer.status()} ${await answer.text()}`)
  return (await answer.json()) as T
}

/** Uploads, trains, and waits until the version is registered; its id. */
export async function trainedModel(
  request: APIRequestContext,
  { url }: Program,
  name: string,
  seed = 1,
): Promise<string> {
  const headers = { origin: url }
  const buffer = Buffer.from(csvOf(customers(600, seed), seed))
  const file = { name: `${name}.csv`, mimeType: 'text/csv', buffer }
  const { dataset_id } = await answered<{ dataset_id: string }>(
    await request.post(`${url}/api/upload`, { headers, multipart: { file } }),
  )
  const wish = { dataset_id, target_column: 'churned', model_name: name, preset: 'fast', seed }
  const { run } = await answered<{ run: number }>(
    await request.post(`${url}/api/train`, { headers, data: wish }),
  )
  return until(
    `run ${run} to register a version`,
    async () => {
      const { status } = await answered<{
        status: { state: string; text: string; outcome?: { model: string } }
      }>(await request.get(`${url}/api/runs/${run}`))
      if (status.state === 'failed') throw new Error(status.text)
      return status.outcome?.model
    },
    120_000,
  )
}

/** Asks for each row; the ids of the predictions, in the order of the rows. */
export async function askedFor(
  request: APIRequestContext,
  { url }: Program,
  id: string,
  rows: readonly Customer[],
): Promise<string[]> {
  const { predictions } = await answered<{ predictions: { prediction_id: string }[] }>(
    await request.post(`${url}/api/models/${id}/predict`, { headers: { origin: url }, data: rows }),
  )
  return predictions.map(({ prediction_id }) => prediction_id)
}

/** Signals that a user publishes, and rules over them: by HTTP, as a program would. */

import type { APIRequestContext } from 'playwright-core'
import { expect } from 'vitest'
import type { Program } from './program'
import { until } from './until'

/** A cookie is taken for changes from our own pages only, known by their origin. */
async function ask(
  request: APIRequestContext,
  { url }: Program,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  data?: unknown,
): Promise<unknown> {
  const answer = await request.fetch(url + path, { method, data, headers: { origin: url } })
  if (!answer.ok()) throw new Error(`${path}: ${String(answer.status())} ${await answer.text()}`)
  return answer.json()
}

/** `ts`: when it was, epoch ms; now when absent. */
export async function publish(
  request: APIRequestContext,
  program: Program,
  topic: string,
  data: unknown,
  more: { readonly kind?: 'state' | 'event'; readonly ts?: number } = {},
): Promise<void> {
  const wish = { kind: 'state', data, ...more }
  const path = `${program.url}/api/publish/${topic}`
  // Who is too quick is told to back off, and asks again.
  const answer = await until(`${topic} to be taken`, async () => {
    const sent = await request.post(path, { data: wish, headers: { origin: program.url } })
    return sent.status() === 429 ? undefined : sent
  })
  expect(answer.status(), await answer.text()).toBeLessThan(300)
}

export async function putRule(
  request: APIRequestContext,
  program: Program,
  name: string,
  rule: Readonly<Record<string, unknown>>,
): Promise<void> {
  await ask(request, program, 'PUT', `/api/rules/${name}`, rule)
}

export async function acknowledge(
  request: APIRequestContext,
  program: Program,
  alert: string,
): Promise<void> {
  await ask(request, program, 'POST', `/api/alerts/${alert}/acknowledge`, {})
}

/** The alert of a rule in a state, once there is one. */
export async function alertOf(
  request: APIRequestContext,
  program: Program,
  rule: string,
  state: 'firing' | 'resolved',
): Promise<string | undefined> {
  const list = (await ask(request, program, 'GET', '/api/alerts?state=all')) as {
    alerts: { id: string; rule: string; state: string }[]
  }
  return list.alerts.find((one) => one.rule === rule && one.state === state)?.id
}

let tokens = 0

/** The secret of a new token that may publish. */
export async function publisherToken(
  request: APIRequestContext,
  program: Program,
): Promise<string> {
  tokens += 1
  const data = { name: `publisher-${String(tokens)}`, role: 'publisher' }
  const made = await ask(request, program, 'POST', '/api/tokens', data)
  return (made as { secret: string }).secret
}

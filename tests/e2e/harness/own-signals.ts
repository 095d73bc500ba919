/** Signals that a user publishes, and rules over them: by HTTP, as a program would. */

import type { APIRequestContext, APIResponse } from 'playwright-core'
import type { Program } from './program'

async function ask(answer: Promise<APIResponse>): Promise<unknown> {
  const came = await answer
  if (!came.ok()) throw new Error(`${came.url()}: ${String(came.status())} ${await came.text()}`)
  return came.json()
}

export async function publish(
  request: APIRequestContext,
  program: Program,
  topic: string,
  data: unknown,
  kind: 'state' | 'event' = 'state',
): Promise<void> {
  await ask(request.post(`${program.url}/api/publish/${topic}`, { data: { kind, data } }))
}

export async function putRule(
  request: APIRequestContext,
  program: Program,
  name: string,
  rule: Readonly<Record<string, unknown>>,
): Promise<void> {
  await ask(request.put(`${program.url}/api/rules/${name}`, { data: rule }))
}

/** The alert of a rule in a state, once there is one. */
export async function alertOf(
  request: APIRequestContext,
  program: Program,
  rule: string,
  state: 'firing' | 'resolved',
): Promise<string | undefined> {
  const list = (await ask(request.get(`${program.url}/api/alerts?state=all`))) as {
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
  const made = await ask(request.post(`${program.url}/api/tokens`, { data }))
  return (made as { secret: string }).secret
}

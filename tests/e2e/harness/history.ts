/** What the server remembers: series read back through its HTTP route, with the page's session. */

import type { BrowserContext } from 'playwright-core'
import type {
  SeriesAnswer,
  SeriesColumns,
  SessionAnswer,
} from '../../../clients/ts/src/generated/types'
import type { Program } from './program'

/** The samples of one series as they were measured. */
export async function samplesOf(
  context: BrowserContext,
  program: Program,
  field: string,
  fromMs: number,
  toMs: number,
): Promise<SeriesColumns> {
  const name = `host/${await hostOf(context, program)}/${field}`
  // Short ranges come back as they were measured: the answer says so with a step of 0.
  const query = new URLSearchParams({ names: name, from: String(fromMs), to: String(toMs) })
  const answer = await context.request.get(`${program.url}/api/series?${query.toString()}`)
  if (!answer.ok()) throw new Error(`GET /api/series: ${answer.status()} ${await answer.text()}`)
  const told = (await answer.json()) as SeriesAnswer
  if (told.step_ms !== 0)
    throw new Error(`samples were asked for, steps of ${told.step_ms} ms came`)
  const [columns] = told.series
  if (columns === undefined) throw new Error(`no series ${name}`)
  return columns
}

/** The id of the host that the server runs on. */
export async function hostOf(context: BrowserContext, program: Program): Promise<string> {
  const answer = await context.request.get(`${program.url}/api/session`)
  if (!answer.ok()) throw new Error(`GET /api/session: ${answer.status()}`)
  return ((await answer.json()) as SessionAnswer).host
}

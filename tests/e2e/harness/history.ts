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
  const query = new URLSearchParams({
    names: name,
    from: String(fromMs),
    to: String(toMs),
    step: '0',
  })
  const answer = await context.request.get(`${program.url}/api/series?${query.toString()}`)
  if (!answer.ok()) throw new Error(`GET /api/series: ${answer.status()} ${await answer.text()}`)
  const { series } = (await answer.json()) as SeriesAnswer
  const [columns] = series
  if (columns === undefined) throw new Error(`no series ${name}`)
  return columns
}

/** The id of the host that the server runs on. */
export async function hostOf(context: BrowserContext, program: Program): Promise<string> {
  const answer = await context.request.get(`${program.url}/api/session`)
  if (!answer.ok()) throw new Error(`GET /api/session: ${answer.status()}`)
  return ((await answer.json()) as SessionAnswer).host
}

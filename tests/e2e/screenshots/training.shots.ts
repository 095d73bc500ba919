/** Photographs the way from a CSV to a model: each page and state, dark and light, wide and phone. */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { type Size, type Theme, launchBrowser, openContext, watched } from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { pillSays } from '../harness/sights'
import { churnCsv } from '../harness/tables'
import { until } from '../harness/until'

const FOLDER = process.env.SCREENSHOTS ?? 'target/screenshots'

let program: Program
let browser: Browser
let context: BrowserContext

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true })
  program = await startProgram()
  browser = await launchBrowser()
  context = await openContext(browser)
  await (await watched(context)).goto(program.link)
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

interface Run {
  readonly status: { readonly state: string }
}

async function uploaded(name: string, text: string): Promise<string> {
  const file = { name, mimeType: 'text/csv', buffer: Buffer.from(text) }
  const answer = await context.request.post(`${program.url}/api/upload`, { multipart: { file } })
  const { dataset_id: id } = (await answer.json()) as { dataset_id: string }
  return id
}

async function trained(wish: object): Promise<number> {
  const answer = await context.request.post(`${program.url}/api/train`, { data: wish })
  const { run } = (await answer.json()) as { run: number }
  return run
}

async function ended(run: number): Promise<void> {
  await until(
    `run ${String(run)} to end`,
    async () => {
      const answer = await context.request.get(`${program.url}/api/runs/${String(run)}`)
      const { status } = (await answer.json()) as Run
      return ['queued', 'running'].includes(status.state) ? undefined : true
    },
    240_000,
  )
}

test('photographs', async () => {
  const empty = { now: '/', 'train-empty': '/models/new', 'trainings-empty': '/jobs' }
  await photograph(empty, ['dark'])
  const dataset = await uploaded('churn.csv', churnCsv(2_000))
  const odd = 'a,b,when,same,label\n'.concat(
    ...Array.from(
      { length: 60 },
      (_, i) =>
        `${String(i % 9)},${i % 4 === 0 ? '' : 'x'},2026-01-${String(1 + (i % 28)).padStart(2, '0')},1,yes\n`,
    ),
  )
  const other = await uploaded('odd columns.csv', odd)
  const good = await trained({ dataset_id: dataset, target_column: 'churn', seed: 7 })
  await ended(good)
  const bad = await trained({ dataset_id: other, target_column: 'label' })
  if (bad > 0) await ended(bad)
  await photograph({
    train: '/models/new',
    'train-columns': `/models/new?dataset=${dataset}`,
    'train-odd': `/models/new?dataset=${other}`,
    datasets: '/models/data',
    trainings: '/jobs',
    training: `/jobs/${String(good)}`,
    'training-failed': `/jobs/${String(bad)}`,
  })
  // Under way, once in each size.
  const long = await trained({ dataset_id: dataset, target_column: 'churn', preset: 'thorough' })
  await photograph({ 'training-running': `/jobs/${String(long)}` }, ['dark'])
  await context.request.post(`${program.url}/api/runs/${String(long)}/cancel`)
  await ended(long)
  await photograph({ 'training-cancelled': `/jobs/${String(long)}` }, ['light'])
})

async function photograph(
  pages: Readonly<Record<string, string>>,
  themes: readonly Theme[] = ['dark', 'light'],
): Promise<void> {
  const session = await context.storageState()
  for (const theme of themes) {
    for (const size of ['wide', 'phone'] satisfies Size[]) {
      const device = await openContext(browser, { theme, size })
      await device.addCookies(session.cookies)
      const page = await watched(device)
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(program.url + path)
        await settled(page)
        const file = (form: string): string => join(FOLDER, `${name}-${theme}-${size}${form}.png`)
        await page.screenshot({ path: file('') })
        await page.screenshot({ path: file('-whole'), fullPage: true })
      }
      await device.close()
    }
  }
}

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await pillSays(page, /Live/)
  await page.locator('main h2, main [data-drop-zone]').first().waitFor()
  await until('nothing to be read any more', async () => {
    const reading = await page.getByText(/^Reading /).count()
    return reading === 0 ? true : undefined
  })
}

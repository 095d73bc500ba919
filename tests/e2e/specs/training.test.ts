/** From a CSV to a finished training: dropped, looked at, trained with a curve that moves, deployed or told why not. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaintsInBothThemes } from '../harness/axe'
import {
  SIZES,
  type Size,
  type Watched,
  launchBrowser,
  openContext,
  photographFailure,
  signedIn,
  watched,
} from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { pillSays } from '../harness/sights'
import { churnCsv, dropFile } from '../harness/tables'
import { until } from '../harness/until'

/** For a training on a machine that has much else to do. */
const PATIENCE_MS = 120_000

let program: Program
let browser: Browser
let context: BrowserContext
let page: Watched
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bellwether-csv-'))
  program = await startProgram()
  browser = await launchBrowser()
  ;({ context } = await signedIn(browser, program))
  page = await watched(context)
})
afterAll(async () => {
  await browser.close()
  await program.stop()
  await rm(folder, { recursive: true, force: true })
})

test('M1: an invitation stands on Now until something was uploaded', async () => {
  photographFailure(() => page)
  await page.goto(program.url)
  await page.getByRole('heading', { name: 'Train a model' }).waitFor()
  await page.getByText('Drop a CSV anywhere on this page.').waitFor()
  await page.getByRole('button', { name: 'Use the iris sample (150 rows)' }).waitFor()
})

test('M1: a CSV that is dropped on Now is looked at, column by column, and its target is guessed', async () => {
  photographFailure(() => page)
  await dropFile(page, 'churn.csv', churnCsv(2_000))
  await page.getByText('2,000 rows, 7 columns').waitFor()
  expect(new URL(page.url()).pathname).toBe('/models/new')
  const table = page.getByRole('table', { name: /Columns of/ })
  await table.getByRole('row', { name: /tenure/ }).waitFor()
  expect(await table.getByRole('row', { name: /tenure/ }).textContent()).toMatch(/Number.*1 – 72/)
  expect(await page.getByLabel('Predict this column').inputValue()).toBe('churn')
})

test('M1: a broken file is refused with its row, its line as it stands, and nothing is kept', async () => {
  photographFailure(() => page)
  await page.goto(`${program.url}/models/new`)
  const path = join(folder, 'broken.csv')
  await writeFile(path, `${churnCsv(40)}1,2,3\n`)
  await page.getByLabel('Choose file').setInputFiles(path)
  const said = await until('what is wrong', async () => {
    const alerts = await page.getByRole('alert').allTextContents()
    const issues = await page.getByText(/42/).allTextContents()
    return [...alerts, ...issues].find((text) => text.includes('42'))
  })
  expect(said).toMatch(/42/)
  // The browser says of an answer that refuses what is refused; of nothing else.
  expect(page.seen.troubles.splice(0)).toEqual([expect.stringContaining('400')])
})

test(
  'M3: training shows its stages and a curve that moves, and ends with a result',
  async () => {
    photographFailure(() => page)
    await page.goto(`${program.url}/models/new`)
    await page.getByRole('button', { name: /churn\.csv/ }).click()
    await page.getByLabel('Predict this column').waitFor()
    await page.getByText('Options', { exact: true }).click()
    await page.getByLabel('Effort').selectOption('fast')
    await page.getByLabel('Seed').fill('7')
    await page.getByRole('button', { name: 'Train', exact: true }).click()
    await page.waitForURL(/\/jobs\/\d+/)
    const stages = page.getByRole('list', { name: /Stages of run/ })
    await stages.waitFor()

    const legend = page
      .getByRole('region', { name: 'Loss' })
      .or(page.locator('section', { has: page.getByRole('heading', { name: 'Loss' }) }))
      .first()
    const losses = new Set<string>()
    const look = async (): Promise<void> => {
      const values = await legend.locator('.value').allTextContents()
      const text = values[0] ?? ''
      if (/\d/.test(text)) losses.add(text)
    }
    await until(
      'a loss curve that moves, or the end',
      async () => {
        await look()
        const over = await page.getByText('Completed', { exact: true }).count()
        return losses.size > 1 || over > 0 ? true : undefined
      },
      PATIENCE_MS,
    )
    const result = page.getByRole('heading', { name: /^Result: churn v1/ })
    await result.waitFor({ timeout: PATIENCE_MS })
    await until('a loss', async () => {
      await look()
      return losses.size > 0 ? true : undefined
    })
    expect(await stages.textContent()).toMatch(/Train.*(ms|s)/)
    await page.getByText('Accuracy', { exact: true }).first().waitFor()
    await page.getByRole('link', { name: 'Try it' }).waitFor()
    expect(page.seen.troubles).toEqual([])
  },
  2 * PATIENCE_MS + 60_000,
)

test('M3: all trainings stand in a list; one that cannot work says why, and keeps where it failed', async () => {
  photographFailure(() => page)
  const path = join(folder, 'constant.csv')
  await writeFile(
    path,
    `a,b,label\n${Array.from({ length: 60 }, (_, i) => `${String(i)},${String(i % 7)},yes`).join('\n')}\n`,
  )
  await page.goto(`${program.url}/models/new`)
  await page.getByLabel('Choose file').setInputFiles(path)
  await page.getByText('60 rows, 3 columns').waitFor()
  await page.getByLabel('Predict this column').selectOption('label')
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  await page
    .getByText(/one class|one value|same value|only one/i)
    .first()
    .waitFor()
  await page.goto(`${program.url}/jobs`)
  await page
    .getByRole('table', { name: 'Trainings' })
    .getByRole('link', { name: 'churn' })
    .waitFor()
})

test('datasets are listed, looked into, and deleted by their name', async () => {
  photographFailure(() => page)
  await page.goto(`${program.url}/models/data`)
  const table = page.getByRole('table', { name: 'Datasets' })
  const row = table.getByRole('row', { name: /constant\.csv/ })
  await row.getByRole('button', { name: /Preview/ }).click()
  await page
    .getByRole('region', { name: /Rows of constant/ })
    .getByText('yes')
    .first()
    .waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  await row.getByRole('button', { name: /Delete/ }).click()
  await page.getByRole('heading', { name: 'Delete constant.csv?' }).waitFor()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await row.waitFor({ state: 'detached' })
})

for (const size of Object.keys(SIZES) as Size[]) {
  for (const path of [
    '/models/new',
    '/models/new?dataset=DATASET',
    '/models/data',
    '/jobs',
    '/jobs/1',
  ]) {
    test(`axe: ${path}, both themes, ${String(SIZES[size].width)} px`, async () => {
      const device = await openContext(browser, { size, reducedMotion: true })
      await device.addCookies((await context.storageState()).cookies)
      const own = await watched(device)
      photographFailure(() => own)
      const answer = await device.request.get(`${program.url}/api/datasets`)
      const { datasets } = (await answer.json()) as { datasets: { id: string }[] }
      await own.goto(program.url + path.replace('DATASET', datasets[0]?.id ?? ''))
      await own.getByRole('heading', { level: 1 }).waitFor()
      await pillSays(own, /Live/)
      await own.locator('main h2, main [data-drop-zone]').first().waitFor()
      expect(await complaintsInBothThemes(own)).toEqual([])
      expect(own.seen.troubles).toEqual([])
      await device.close()
    })
  }
}

test('a viewer sees all of it and is told why there is nothing to press', async () => {
  const made = await context.request.post(`${program.url}/api/tokens/link`, {
    data: { role: 'viewer', name: 'guest' },
    headers: { origin: program.url },
  })
  const { path } = (await made.json()) as { path: string }
  const device = await openContext(browser)
  await (await watched(device)).goto(program.url + path)
  const guest = await watched(device)
  await guest.goto(`${program.url}/models/new`)
  await guest.getByText('Your role is viewer').first().waitFor()
  expect(await guest.getByRole('button', { name: 'Choose file' }).count()).toBe(0)
  await guest.goto(`${program.url}/models/data`)
  await guest.getByRole('table', { name: 'Datasets' }).waitFor()
  expect(await guest.getByRole('button', { name: /Delete/ }).count()).toBe(0)
  await device.close()
})

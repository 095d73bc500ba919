/**
 * Models on the page, against the real program: what was trained over HTTP stands in the list, what it is
 * asked shows while it happens, and versions go into production and back when the server says so.
 */

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Watched, launchBrowser, photographFailure, signedIn } from '../harness/browser'
import { askedFor, customers, trainedModel } from '../harness/customers'
import { type Program, startProgram } from '../harness/program'
import { pillSays } from '../harness/sights'
import { until } from '../harness/until'

let program: Program
let browser: Browser
let context: BrowserContext
let page: Watched
let first: string

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  ;({ context, page } = await signedIn(browser, program))
  await pillSays(page, /Live/)
}, 120_000)
afterAll(async () => {
  await browser.close()
  await program.stop()
})

const asks = (id: string, seed: number) =>
  askedFor(context.request, program, id, customers(40, seed))

test('before the first model the page says how to get one', async () => {
  photographFailure(() => page)
  await page.goto(`${program.url}/models`)
  await page.getByText('No model yet.', { exact: false }).waitFor()
  await page.getByRole('button', { name: 'Train a model' }).waitFor()
})

test('what was trained stands in the list without a reload', { timeout: 180_000 }, async () => {
  photographFailure(() => page)
  first = await trainedModel(context.request, program, 'churn')
  expect(first).toBe('churn-v1')
  await page.getByRole('link', { name: 'churn v1' }).waitFor()
  await page.getByRole('row', { name: /churn v1.*production/ }).waitFor()
})

test('predictions show while they are made, with what was asked', { timeout: 60_000 }, async () => {
  photographFailure(() => page)
  await page.getByRole('link', { name: 'churn v1' }).click()
  await page.getByText('nobody has asked it yet', { exact: false }).first().waitFor()
  await asks(first, 7)
  const stream = page.getByRole('table', { name: 'Predictions, newest first' })
  await stream
    .getByRole('row', { name: /tenure \d+/ })
    .first()
    .waitFor()
  // Of many at once some are told, the log has the rest: forty, and the head.
  await until('all of them', async () =>
    (await stream.getByRole('row').count()) === 41 ? true : undefined,
  )
})

test(
  'a version is deployed and rolled back when the server says so',
  { timeout: 180_000 },
  async () => {
    photographFailure(() => page)
    const second = await trainedModel(context.request, program, 'churn', 2)
    expect(second).toBe('churn-v2')
    // A later version waits for a person.
    await page.getByRole('button', { name: 'Deploy v2' }).click()
    await page.getByRole('button', { name: 'Roll back to v1' }).waitFor()
    await page.getByText('churn v2 is in production in place of churn v1.').first().waitFor()
    await page.getByRole('button', { name: 'Roll back to v1' }).click()
    await page.getByText('churn v1 is in production again.').first().waitFor()
    await page.getByRole('link', { name: 'Versions' }).click()
    await page.getByRole('row', { name: /churn v1.*production/ }).waitFor()
    expect(page.seen.troubles).toEqual([])
  },
)

/** What happened: live, older ones page by page, filtered, each leading to its moment. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Watched, launchBrowser, signedIn } from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { until } from '../harness/until'

let program: Program
let browser: Browser
let page: Watched

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  ;({ page } = await signedIn(browser, program))
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

const log = () => page.getByRole('log', { name: 'Activity' })

test('what happened is there, newest first, under its day', async () => {
  await page.goto(`${program.url}/activity`)
  await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor()
  await page.getByRole('heading', { level: 2, name: 'Today' }).waitFor()
  await until('an entry', async () =>
    (await log().getByRole('listitem').count()) > 0 ? true : undefined,
  )
  expect(await log().getAttribute('aria-live')).toBe('off')
})

test('chips filter and stand in the address; an entry leads to its moment', async () => {
  await page.getByRole('button', { name: 'Critical' }).click()
  await page.getByRole('button', { name: 'Show all' }).waitFor()
  expect(new URL(page.url()).searchParams.get('severity')).toBe('critical')
  await page.getByRole('button', { name: 'Show all' }).click()
  await log().getByRole('link').last().click()
  await until('another page', () => (page.url().includes('/activity') ? undefined : true))
})

test('nothing went wrong in the browser', () => {
  expect(page.seen.troubles).toEqual([])
})

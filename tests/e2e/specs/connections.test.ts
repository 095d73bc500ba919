/** Connections: an admin sees who is connected, live, and disconnects one; others are told why not. */

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaintsOf } from '../harness/axe'
import {
  type Watched,
  launchBrowser,
  openContext,
  photographFailure,
  signedIn,
  watched,
} from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { pillSays } from '../harness/sights'

let program: Program
let browser: Browser
let context: BrowserContext
let page: Watched

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  ;({ context } = await signedIn(browser, program))
  page = await watched(context)
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

const table = () => page.getByRole('table', { name: /^Connections/ })
const dialog = () => page.getByRole('dialog')

/** The page of somebody else, who came by a link that the admin made. */
async function guestPage(role: string): Promise<{ device: BrowserContext; guest: Watched }> {
  const answer = await context.request.post(`${program.url}/api/tokens/link`, {
    headers: { origin: program.url },
    data: { role, name: 'guest' },
  })
  const { path } = (await answer.json()) as { path: string }
  const device = await openContext(browser)
  const guest = await watched(device)
  await guest.goto(program.url + path)
  await pillSays(guest, /Live/)
  return { device, guest }
}

test('who comes is listed at once, is disconnected by name, and stays away', async () => {
  photographFailure(() => page)
  await page.goto(`${program.url}/settings/connections`)
  await table()
    .getByRole('row', { name: /This page/ })
    .waitFor()

  const { device, guest } = await guestPage('viewer')
  const row = table().getByRole('row', { name: /guest/ })
  await row.waitFor()
  expect(await row.textContent()).toMatch(/WebSocket\s*127\.0\.0\.1/)
  await row.getByRole('button', { name: /^Disconnect ws-\d+ of guest$/ }).click()
  await dialog()
    .getByRole('heading', { name: /^Disconnect ws-\d+ of guest\?$/ })
    .waitFor()
  expect(await complaintsOf(page)).toEqual([])
  await dialog().getByRole('button', { name: 'Disconnect', exact: true }).click()
  await row.waitFor({ state: 'detached' })
  await pillSays(guest, /Offline/)

  await page.goto(`${program.url}/activity`)
  await page
    .getByText(/disconnected ws-\d+ of guest/)
    .first()
    .waitFor()
  expect(page.seen.troubles).toEqual([])
  await device.close()
})

test('a filter finds a connection by who it is, and says when there is none', async () => {
  await page.goto(`${program.url}/settings/connections`)
  await table()
    .getByRole('row', { name: /This page/ })
    .waitFor()
  const filter = page.getByRole('searchbox', { name: 'Filter connections' })
  await filter.fill('nobody at all')
  await page.getByText('No connection matches').waitFor()
  await page.getByRole('button', { name: 'Show all' }).click()
  await table()
    .getByRole('row', { name: /This page/ })
    .waitFor()
})

test('a viewer is told why there is no list, and asks for none', async () => {
  const { device, guest } = await guestPage('viewer')
  await guest.goto(`${program.url}/settings/connections`)
  await guest.getByText('Only an admin sees who is connected').waitFor()
  expect(guest.seen.requests.filter((one) => one.includes('/api/clients'))).toEqual([])
  expect(guest.seen.frames.filter((one) => one.includes('system/clients'))).toEqual([])
  await device.close()
})

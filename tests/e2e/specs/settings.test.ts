/** Settings: who may come in is seen, made, shown once and ended; others are told why not. */

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
import { until } from '../harness/until'

const PAGES = ['general', 'access', 'connections', 'health', 'retention']

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

const dialog = () => page.getByRole('dialog')

/** What the server says to somebody who shows this token and nothing else. */
async function statusWith(secret: string): Promise<number> {
  const stranger = await openContext(browser)
  const headers = { authorization: `Bearer ${secret}` }
  const answer = await stranger.request.get(`${program.url}/api/session`, { headers })
  await stranger.close()
  return answer.status()
}

test('a token is made, shown once, works, is revoked and works no more', async () => {
  photographFailure(() => page)
  await page.goto(`${program.url}/settings/access`)
  const table = page.getByRole('table', { name: 'Tokens, sessions and links' })
  await table.getByText('This browser').waitFor()

  await page.getByRole('button', { name: 'New token' }).click()
  await dialog().getByLabel('Name').fill('backup script')
  await dialog()
    .getByRole('radio', { name: /^viewer/ })
    .check()
  await dialog().getByLabel('Expires after').selectOption('7 days')
  await dialog().getByRole('button', { name: 'Make token' }).click()
  await dialog().getByText('it is not shown again').waitFor()
  const secret = await dialog().getByRole('textbox', { name: 'Token' }).inputValue()
  expect(secret.length).toBeGreaterThan(20)
  expect(await statusWith(secret)).toBe(200)
  await dialog().getByRole('button', { name: 'Done' }).click()

  const row = table.getByRole('row', { name: /backup script/ })
  await row.waitFor()
  expect(await row.textContent()).toMatch(/Token\s*viewer/)
  expect(await page.content()).not.toContain(secret)

  await row.getByRole('button', { name: 'Revoke the token of backup script' }).click()
  await dialog().getByRole('heading', { name: 'Revoke the token of backup script?' }).waitFor()
  expect(await statusWith(secret)).toBe(200)
  await dialog().getByRole('button', { name: 'Revoke', exact: true }).click()
  await row.waitFor({ state: 'detached' })
  expect(await statusWith(secret)).toBe(401)
  await page.getByLabel('Also what is over').check()
  await table.getByRole('row', { name: /backup script.*Revoked/ }).waitFor()
})

test("what cannot be made says why beside its field: an agent's token needs a host", async () => {
  await page.getByRole('button', { name: 'New token' }).click()
  await dialog()
    .getByRole('radio', { name: /^agent/ })
    .check()
  await dialog().getByLabel('Host that it speaks for').fill('Web 1')
  await dialog().getByRole('button', { name: 'Make token' }).click()
  await dialog().getByText('speaks for one host').waitFor()
  await dialog().getByRole('button', { name: 'Cancel' }).click()
  await dialog().waitFor({ state: 'detached' })
})

test('a one-time link is a whole address; a viewer who comes by it sees why there is no list', async () => {
  photographFailure(() => page)
  await page.getByRole('button', { name: 'New one-time link' }).click()
  await dialog().getByLabel('Name').fill('guest')
  await dialog().getByRole('button', { name: 'Make link' }).click()
  const link = await dialog().getByRole('textbox', { name: 'Link' }).inputValue()
  expect(link.startsWith(`${program.url}/sign-in?code=`)).toBe(true)
  await dialog().getByRole('button', { name: 'Done' }).click()

  const device = await openContext(browser)
  await (await watched(device)).goto(link)
  const guest = await watched(device)
  await guest.goto(`${program.url}/settings/access`)
  await guest.getByText('Only an admin sees who may come in').waitFor()
  expect(await guest.getByRole('button', { name: 'New token' }).count()).toBe(0)
  expect(guest.seen.requests.filter((one) => one.includes('/api/tokens'))).toEqual([])
  expect(guest.seen.troubles).toEqual([])
  await device.close()
})

for (const size of Object.keys(SIZES) as Size[]) {
  for (const name of PAGES) {
    test(`axe: ${name}, both themes, ${String(SIZES[size].width)} px`, async () => {
      const device = await openContext(browser, { size, reducedMotion: true })
      await device.addCookies((await context.storageState()).cookies)
      const own = await watched(device)
      await own.goto(`${program.url}/settings/${name}`)
      await own.getByRole('heading', { level: 1 }).waitFor()
      await pillSays(own, /Live/)
      await own.locator('main :is(td, dd, input)').first().waitFor()
      expect(await complaintsInBothThemes(own)).toEqual([])
      if (name === 'access') {
        await own.getByRole('button', { name: 'New token' }).click()
        await own.getByRole('dialog').waitFor()
        expect(await complaintsInBothThemes(own)).toEqual([])
      }
      expect(own.seen.troubles).toEqual([])
      await device.close()
    })
  }
}

test('revoking what one is signed in with warns, and signs out', async () => {
  await page.goto(`${program.url}/settings/access`)
  const own = page.getByRole('row', { name: /This browser/ })
  await own.getByRole('button', { name: /^Revoke the session/ }).click()
  await dialog().getByText('You are signed out at once').waitFor()
  await dialog().getByRole('button', { name: 'Revoke and sign out' }).click()
  await page.getByText('prints a new link').first().waitFor()
  await until('the session to be over', async () => {
    const answer = await context.request.get(`${program.url}/api/session`)
    return answer.status() === 401 ? true : undefined
  })
})

/** Charts are pinned to Now from their menus, by keys alone, stay there for the person, and go again. */

import type { Browser, BrowserContext, Locator } from 'playwright-core'
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
import { hostOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { until } from '../harness/until'

let program: Program
let browser: Browser
let context: BrowserContext
let page: Watched
let host: string

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  ;({ context, page } = await signedIn(browser, program))
  host = await hostOf(context, program)
  await page.goto(program.url)
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

const pinned = (title: string) => page.getByRole('region', { name: `${title} of ${host}` })

/** Waits until it is drawn, which it is once it is seen. */
async function drawn(chart: Locator): Promise<void> {
  await chart.scrollIntoViewIfNeeded()
  await chart.locator('canvas').first().waitFor()
}

/** The server keeps these: the page shows what it asked for before that is answered. */
async function kept(pins: readonly string[]): Promise<void> {
  await until(`${pins.join(' and ')} to be kept`, async () => {
    const answer = await context.request.get(`${program.url}/api/settings`)
    const { pinned } = (await answer.json()) as { pinned?: unknown }
    return JSON.stringify(pinned) === JSON.stringify(pins) ? true : undefined
  })
}

async function pinByKeys(title: string): Promise<void> {
  const menu = page.getByRole('button', { name: `Export ${title}` })
  await menu.focus()
  await page.keyboard.press('Enter')
  const entry = page.getByRole('menuitem', { name: 'Pin to Now' })
  await entry.waitFor()
  await until('the entry to have the focus', async () => {
    await page.keyboard.press('ArrowDown')
    return (await entry.evaluate((one) => one === document.activeElement)) ? true : undefined
  })
  await page.keyboard.press('Enter')
  await page.getByText(`${title} of ${host} is pinned to Now.`).last().waitFor()
}

test('Now says how charts come there while there is none', async () => {
  photographFailure(() => page)
  const empty = page.getByRole('region', { name: 'Pinned charts' })
  await empty.getByText('Pin to Now').waitFor()
  expect(await complaintsOf(page)).toEqual([])
  await empty.getByRole('link', { name: 'Open its charts' }).click()
  await page.waitForURL(/overview/)
})

test('charts are pinned by keys alone, and stand on Now in that order, in another browser too', async () => {
  photographFailure(() => page)
  await pinByKeys('CPU by mode')
  await pinByKeys('Memory and swap')
  await kept([`host/${host}/cpu-modes`, `host/${host}/memory`])
  await page.goto(program.url)
  await drawn(pinned('CPU by mode'))
  await drawn(pinned('Memory and swap'))
  expect(await complaintsOf(page)).toEqual([])

  const device = await openContext(browser, { theme: 'light', size: 'phone' })
  await device.addCookies((await context.storageState()).cookies)
  const other = await watched(device)
  await other.goto(program.url)
  const there = other.getByRole('region', { name: `Memory and swap of ${host}` })
  await drawn(there)
  expect(await complaintsOf(other)).toEqual([])
  expect(other.seen.troubles).toEqual([])
  await device.close()
})

test('a chart is unpinned, the focus stays near, and Undo puts it back where it was', async () => {
  photographFailure(() => page)
  const button = page.getByRole('button', { name: `Unpin CPU by mode of ${host} from Now` })
  await button.focus()
  await page.keyboard.press('Enter')
  await pinned('CPU by mode').waitFor({ state: 'detached' })
  const next = page.getByRole('button', { name: `Unpin Memory and swap of ${host} from Now` })
  await until('the next one to have the focus', async () =>
    (await next.evaluate((one) => one === document.activeElement)) ? true : undefined,
  )
  await page.getByRole('button', { name: 'Undo' }).click()
  await pinned('CPU by mode').waitFor()
  await kept([`host/${host}/cpu-modes`, `host/${host}/memory`])
})

test('a pin that cannot be kept is taken back, with the reason', async () => {
  photographFailure(() => page)
  await page.route('**/api/settings', (route) =>
    route.request().method() === 'PATCH'
      ? route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            type: 'about:blank',
            title: 'Full',
            status: 503,
            detail: 'The disk is full.',
            message: 'The disk is full.',
          }),
        })
      : route.fallback(),
  )
  await page.getByRole('button', { name: `Unpin CPU by mode of ${host} from Now` }).click()
  await page
    .getByText(/taken back.*The disk is full/)
    .last()
    .waitFor()
  await pinned('CPU by mode').waitFor()
  await page.unroute('**/api/settings')
})

test('a pin that this version does not know says so and goes', async () => {
  photographFailure(() => page)
  const pins = ['host/elsewhere/nonsense', `host/${host}/tcp`]
  const changed = await context.request.patch(`${program.url}/api/settings`, {
    data: { pinned: pins },
    headers: { origin: program.url },
  })
  expect(changed.status()).toBe(200)
  await page.goto(program.url)
  await page.getByText('knows no chart called “host/elsewhere/nonsense”').waitFor()
  await drawn(pinned('TCP'))
  expect(await complaintsOf(page)).toEqual([])
  await page.getByRole('button', { name: 'Unpin it' }).click()
  await kept(pins.slice(1))
})

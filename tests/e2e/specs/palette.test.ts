/** The palette and the keys: what can be reached by letters, and when letters are only letters. */

import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { complaintsOf } from '../harness/axe'
import {
  type Watched,
  launchBrowser,
  photographFailure,
  signedIn,
  watched,
} from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { keysReady, letGoOfFocus, numberOn, settingsRead } from '../harness/sights'
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
beforeEach(async () => {
  const context = page.context()
  await page.close()
  page = await watched(context)
  photographFailure(() => page)
  await page.goto(program.url)
  await numberOn(page, 'CPU')
})

const palette = (): Locator => page.getByRole('dialog', { name: 'Search' })
const box = (): Locator => palette().getByRole('combobox')

async function openPalette(): Promise<void> {
  // The keys come right after the first picture.
  await until('the palette', async () => {
    if (await palette().isVisible()) return true
    await page.keyboard.press('Control+k')
    return undefined
  })
}

const chosen = async (): Promise<string> => {
  const id = await box().getAttribute('aria-activedescendant')
  return (await page.locator(`[id="${id ?? ''}"] .text`).textContent()) ?? ''
}

test('a few letters and Enter go to a page of a host', async () => {
  await openPalette()
  await page.keyboard.type('proc')
  expect(await chosen()).toMatch(/: Processes$/)
  await page.keyboard.press('Enter')
  await until('the processes', () => (page.url().includes('/processes') ? true : undefined))
  await palette().waitFor({ state: 'hidden' })
})

test('arrows choose and go round, Escape closes, the last choice comes first', async () => {
  await openPalette()
  const first = await chosen()
  await page.keyboard.press('ArrowDown')
  expect(await chosen()).not.toBe(first)
  await page.keyboard.press('ArrowUp')
  expect(await chosen()).toBe(first)
  await page.keyboard.press('ArrowUp')
  const last = await chosen()
  expect(last).not.toBe(first)
  await page.keyboard.press('Escape')
  await palette().waitFor({ state: 'hidden' })

  await openPalette()
  await page.keyboard.type('pause')
  await page.keyboard.press('Enter')
  await page
    .getByText(/Paused \d/)
    .first()
    .waitFor()
  await openPalette()
  expect(await chosen()).toBe('Pause and resume')
  expect(await palette().getByText('Recent').isVisible()).toBe(true)
})

test('who asks for it before it is there gets it when it comes', async () => {
  let letThrough: () => void = () => undefined
  const through = new Promise<void>((resolve) => (letThrough = resolve))
  await page.route(/\/assets\/ShellFurniture-.*\.js$/, async (route) => {
    await through
    await route.continue()
  })
  await page.goto(program.url)
  await numberOn(page, 'CPU')
  await page.getByRole('button', { name: /^Search/ }).click()
  expect(await palette().count()).toBe(0)
  letThrough()
  await palette().waitFor()
  await box().waitFor()
})

test('letters typed into the palette are no shortcuts; nothing found says so', async () => {
  await openPalette()
  const themeBefore = await page.evaluate(() => document.documentElement.dataset.theme)
  await page.keyboard.type('dxq zz')
  await palette()
    .getByText(/Nothing here is called/)
    .waitFor()
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(themeBefore)
  await page.keyboard.press('Enter')
  expect(await palette().isVisible()).toBe(true)
})

test('axe has nothing to say about the open palette', async () => {
  for (const theme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await openPalette()
    await page.keyboard.type('o')
    expect(await complaintsOf(page)).toEqual([])
    await page.keyboard.press('Escape')
    await palette().waitFor({ state: 'hidden' })
  }
})

test('single keys can be switched off, on the server, and Ctrl+K stays', async () => {
  const paused = page.getByText(/Paused \d/).first()
  await openPalette()
  await page.keyboard.press('Escape')
  await palette().waitFor({ state: 'hidden' })
  await letGoOfFocus(page)
  await page.keyboard.press('Space')
  await paused.waitFor()
  await page.keyboard.press('Space')
  await paused.waitFor({ state: 'hidden' })
  await page.keyboard.press('?')
  const kept = page.waitForResponse((one) => one.request().method() === 'PATCH')
  await page.getByRole('checkbox', { name: 'Single keys are shortcuts' }).uncheck()
  expect((await kept).ok()).toBe(true)
  await page.keyboard.press('Escape')

  await settingsRead(page, () => page.goto(program.url))
  await numberOn(page, 'CPU')
  await openPalette()
  await page.keyboard.press('Escape')
  await palette().waitFor({ state: 'hidden' })
  await letGoOfFocus(page)
  await page.keyboard.press('Space')
  await page.keyboard.press('?')
  await openPalette()
  expect(await paused.isVisible()).toBe(false)
  const answer = await page.request.patch(`${program.url}/api/settings`, {
    data: { keys: true },
    headers: { 'content-type': 'application/merge-patch+json', origin: program.url },
  })
  expect(answer.ok()).toBe(true)
})

test('c copies a link to this moment, and the notice offers the live view', async () => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText())
  const notices = page.getByRole('region', { name: 'Notifications' })
  await keysReady(page)
  await page.keyboard.press('c')
  await notices.getByText('Link to this moment copied.').waitFor()
  expect(await copied()).toMatch(/\?from=\d+&to=\d+$/)
  await notices.getByRole('button', { name: 'Live view instead' }).click()
  await notices.getByText('Link to the live view copied.').waitFor()
  expect(await copied()).toMatch(/\?t=5m$/)
  await page.keyboard.press('Escape')
  expect(await notices.getByText('Link to the live view copied.').count()).toBe(0)
})

/** All hosts in one table: the real one, one with everything, and one that fell silent. */

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ATLAS, silentHost } from '../harness/atlas'
import { type Watched, launchBrowser, openContext, signedIn, watched } from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { showRecorded } from '../harness/recorded'
import { keysReady } from '../harness/sights'
import { until } from '../harness/until'

let program: Program
let browser: Browser
let context: BrowserContext
let page: Watched

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  ;({ context, page } = await signedIn(browser, program))
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

const rows = () => page.getByRole('table', { name: /Hosts/ }).locator('tbody tr')

test('one host is listed with live figures, and leads to its page', async () => {
  await page.goto(`${program.url}/hosts`)
  await page.getByRole('heading', { level: 1, name: 'Hosts' }).waitFor()
  await until('the host with its CPU', async () => {
    const text = (await rows().count()) === 1 ? await rows().first().textContent() : ''
    return /\d\s%/.test(text ?? '') && /Normal|Warning|Critical/.test(text ?? '') ? true : undefined
  })
  await page.getByRole('link', { name: /^Hosts\s*1/ }).waitFor()
  await rows().first().focus()
  await page.keyboard.press('Enter')
  await until('its page', () => (page.url().includes('/overview') ? true : undefined))
})

test('the worst is on top, a silent one is never green, and arrows walk the rows', async () => {
  await page.close()
  page = await watched(context)
  await showRecorded(page, [ATLAS, silentHost(Date.now() - 40 * 60_000)])
  await page.goto(`${program.url}/hosts`)
  await until('three hosts', async () => ((await rows().count()) === 3 ? true : undefined))
  await until('atlas on top, judged', async () => {
    const text = await rows().first().textContent()
    return text?.includes('atlas') && text.includes('Critical') ? true : undefined
  })
  const mars = rows().filter({ hasText: 'mars' })
  await until('mars to be silent', async () =>
    (await mars.textContent())?.includes('Silent') ? true : undefined,
  )
  expect(await mars.locator('svg.shape.ok').count()).toBe(0)
  await page.getByText(/Critical on atlas/).waitFor()
  await keysReady(page)

  await rows().first().focus()
  await page.keyboard.press('ArrowDown')
  await until('the second row in focus', async () =>
    (await rows()
      .nth(1)
      .evaluate((row) => row === document.activeElement))
      ? true
      : undefined,
  )
  await page.keyboard.press('/')
  await page.keyboard.type('mars')
  await until('only mars', async () => ((await rows().count()) === 1 ? true : undefined))
  expect(new URL(page.url()).searchParams.get('q')).toBe('mars')
  await page.getByRole('searchbox').fill('nobody')
  await page.getByRole('button', { name: 'Show all' }).click()
  await until('all again', async () => ((await rows().count()) === 3 ? true : undefined))
})

test('sorting is in the address, and on a phone rows have two lines', async () => {
  await page.getByRole('button', { name: /^Memory/ }).click()
  await until('the address', () => (page.url().includes('sort=memory') ? true : undefined))
  const phone = await openContext(browser, { size: 'phone' })
  await phone.addCookies(await context.cookies())
  const small = await watched(phone)
  await showRecorded(small, [ATLAS])
  await small.goto(`${program.url}/hosts`)
  const row = small.getByRole('row').filter({ hasText: 'atlas' })
  await row.getByText(/Memory 61/).waitFor()
  expect((await row.boundingBox())?.height).toBeGreaterThanOrEqual(44)
  await phone.close()
})

test('nothing went wrong in the browser', () => {
  expect(page.seen.troubles).toEqual([])
})

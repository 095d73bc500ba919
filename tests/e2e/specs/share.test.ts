/** Addresses say what is on the screen: restored exactly, followed from page to page, never trusted. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaintsOf } from '../harness/axe'
import {
  type Watched,
  launchBrowser,
  photographFailure,
  signedIn,
  watched,
} from '../harness/browser'
import { hostOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { numberOn, pillSays } from '../harness/sights'
import { until } from '../harness/until'

let program: Program
let browser: Browser
let first: Watched
let host: string

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  ;({ page: first } = await signedIn(browser, program))
  host = await hostOf(first.context(), program)
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

async function open(path: string): Promise<Watched> {
  const page = await watched(first.context())
  photographFailure(() => page)
  await page.goto(program.url + path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

test('a link restores filter, order, choice and time, exactly', async () => {
  const path = `/hosts/${host}/processes`
  const page = await open(`${path}?q=bellwether&sort=-name&from=1800000000000&to=1800000060000`)
  const table = page.getByRole('table', { name: /Processes/ })
  await table.waitFor()
  expect(await page.getByRole('searchbox').inputValue()).toBe('bellwether')
  const name = table.getByRole('columnheader', { name: /Name/ })
  expect(await name.getAttribute('aria-sort')).toBe('descending')
  await page.getByRole('button', { name: 'Go live' }).waitFor()
  // One that is still there when the link is opened.
  const pid = String(program.pid)
  const own = page.locator('.cell-pid', { hasText: new RegExp(`^\\s*${pid}\\s*$`) })
  await table.locator('tbody tr').filter({ has: own }).click()
  await until('a choice in the address', () =>
    new URL(page.url()).searchParams.get('sel') === pid ? true : undefined,
  )
  const again = await open(new URL(page.url()).pathname + new URL(page.url()).search)
  const chosen = again.locator('tr[aria-current="true"]')
  await chosen.waitFor()
  expect((await chosen.locator('.cell-pid').textContent())?.trim()).toBe(pid)
  expect(await complaintsOf(again)).toEqual([])
  const { searchParams } = new URL(again.url())
  expect(Object.fromEntries(searchParams)).toEqual({
    q: 'bellwether',
    sort: '-name',
    from: '1800000000000',
    to: '1800000060000',
    sel: pid,
  })
  await page.close()
  await again.close()
})

test('what makes no sense is left aside, and a note says so', async () => {
  const page = await open(`/hosts/${host}/processes?t=5parsecs&sort=beauty&sel=%3Cb%3E`)
  const notes = page.getByRole('region', { name: 'Notifications' })
  await notes.getByText(/left aside/).waitFor()
  await page.getByRole('table', { name: /Processes/ }).waitFor()
  await page.getByRole('button', { name: 'Time range: Live 5 min' }).waitFor()
  expect(page.seen.troubles).toEqual([])
  await page.close()
})

test('the time range follows from page to page', async () => {
  const page = await open('/?t=15m')
  await page.getByRole('button', { name: 'Time range: Last 15 min' }).waitFor()
  await page.getByRole('link', { name: 'All processes' }).click()
  await until('the processes with the range', () =>
    page.url().includes('/processes?t=15m') ? true : undefined,
  )
  await page.getByRole('button', { name: 'Time range: Last 15 min' }).waitFor()
  await page.close()
})

test('a wall screen has no nav and no notices, and comes back by itself', async () => {
  const page = await open('/?kiosk=1&t=5parsecs')
  await numberOn(page, 'CPU')
  expect(await page.getByRole('navigation').count()).toBe(0)
  const size = await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)
  expect(Number.parseFloat(size)).toBeGreaterThan(15)
  expect(await page.getByRole('region', { name: 'Notifications' }).count()).toBe(0)
  expect(await complaintsOf(page)).toEqual([])
  await program.kill()
  await pillSays(page, /Reconnecting, try \d+( in|$)/)
  await program.restart()
  await pillSays(page, /Live/, 40_000)
  await page.close()
})

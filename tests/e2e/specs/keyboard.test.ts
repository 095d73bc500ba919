/** Everything can be done without a pointer. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Watched, launchBrowser, signedIn, watched } from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { keysReady, letGoOfFocus, numberOn } from '../harness/sights'
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
  await page.goto(program.url)
  await numberOn(page, 'CPU')
  await keysReady(page)
})

const focused = (): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement
    return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
  })

/** Presses Tab until the focus is on something with this name. */
async function tabTo(name: RegExp): Promise<void> {
  const seen: string[] = []
  for (let i = 0; i < 80; i += 1) {
    await page.keyboard.press('Tab')
    const here = (await focused()).trim()
    if (name.test(here)) return
    seen.push(here.slice(0, 40))
  }
  throw new Error(`Tab never reached ${String(name)}; it went to: ${seen.join(' | ')}`)
}

async function headingIs(name: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

test('the first Tab offers to skip to the content', async () => {
  await page.keyboard.press('Tab')
  expect(await focused()).toMatch(/skip/i)
  await page.keyboard.press('Enter')
  const inMain = (): Promise<boolean> =>
    page.evaluate(() => document.activeElement?.closest('main') !== null)
  await until('the focus to be in main', async () => ((await inMain()) ? true : undefined))
})

test('pages are reached by Tab and Enter, and by two letters', async () => {
  await tabTo(/^Hosts/)
  await page.keyboard.press('Enter')
  await headingIs('Hosts')
  // The new page's heading has the focus: a screen reader says where one is.
  await until('the focus on the heading', async () =>
    (await page.evaluate(() => document.activeElement?.tagName)) === 'H1' ? true : undefined,
  )
  await page.keyboard.press('g')
  await page.keyboard.press('n')
  await headingIs('Now')
  expect(new URL(page.url()).pathname).toBe('/')
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  await headingIs('Hosts')
})

test('the process table is sorted and walked by keys', async () => {
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  await page.getByRole('table', { name: /Hosts/ }).waitFor()
  // The rows of the table are one stop, its first row.
  await until('a host in focus', async () => {
    await page.keyboard.press('Tab')
    const tag = await page.evaluate(() => document.activeElement?.tagName)
    return tag === 'TR' ? true : undefined
  })
  await page.keyboard.press('Enter')
  await until('the host page', () => (page.url().includes('/hosts/') ? true : undefined))
  await tabTo(/^Processes/)
  await page.keyboard.press('Enter')
  const table = page.getByRole('table', { name: /Processes/ })
  await table.waitFor()
  await tabTo(/^PID/)
  await page.keyboard.press('Enter')
  const pids = async (): Promise<number[]> =>
    (await table.locator('tbody .cell-pid').allTextContents()).map((text) => Number(text.trim()))
  const order = await until('an order by PID', async () => {
    const sort = await table.getByRole('columnheader', { name: /PID/ }).getAttribute('aria-sort')
    return sort === 'ascending' || sort === 'descending' ? sort : undefined
  })
  const sorted = await until('the rows in that order', async () => {
    const found = await pids()
    const wanted = [...found].sort((a, b) => (order === 'ascending' ? a - b : b - a))
    return found.length > 5 && found.join() === wanted.join() ? found : undefined
  })
  expect(new Set(sorted).size).toBe(sorted.length)

  const row = (): Promise<string | null | undefined> =>
    page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('aria-rowindex'))
  await until('a row in focus', async () => {
    await page.keyboard.press('Tab')
    return (await row()) === '2' ? true : undefined
  })
  await page.keyboard.press('ArrowDown')
  await until('the next row in focus', async () => ((await row()) === '3' ? true : undefined))
})

test('Space pauses and goes on', async () => {
  await letGoOfFocus(page)
  await page.keyboard.press('Space')
  await page
    .getByText(/Paused/)
    .first()
    .waitFor()
  const chart = page.getByRole('main')
  expect(await chart.count()).toBe(1)
  await page.keyboard.press('Space')
  await until('no pause', async () =>
    (await page.getByText(/Paused \d/).count()) === 0 ? true : undefined,
  )
})

test('d changes the theme, ? explains the keys, Escape closes', async () => {
  const background = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  // System (dark here), dark, light, and round again.
  const seen: string[] = [await background()]
  for (let i = 0; i < 3; i += 1) {
    await page.keyboard.press('d')
    seen.push(await background())
  }
  expect(seen[1]).toBe(seen[0])
  expect(seen[2]).not.toBe(seen[0])
  expect(seen[3]).toBe(seen[0])
  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keys' })
  await help.waitFor()
  await page.keyboard.press('Escape')
  await help.waitFor({ state: 'hidden' })
})

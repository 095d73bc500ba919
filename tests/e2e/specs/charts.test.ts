/** Charts without a pointer, charts moved in time, and what can be taken away from charts and tables. */

import { readFile } from 'node:fs/promises'
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
import { hostOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { keysReady } from '../harness/sights'
import { until } from '../harness/until'

let program: Program
let browser: Browser
let page: Watched

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  ;({ page } = await signedIn(browser, program))
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})
beforeEach(async () => {
  const context = page.context()
  const host = await hostOf(context, program)
  await page.close()
  page = await watched(context)
  photographFailure(() => page)
  await page.goto(`${program.url}/hosts/${host}/overview`)
  await memory().getByRole('img').waitFor()
  await until('a drawing', async () =>
    (await plot().locator('canvas').count()) > 0 ? true : undefined,
  )
  await keysReady(page)
})

const memory = (): Locator => page.getByRole('region', { name: 'Memory and swap' })
const plot = (): Locator => memory().getByRole('img')
const spoken = (): Locator => page.getByRole('status').filter({ hasText: /used/ })

async function choose(card: string, entry: string): Promise<void> {
  await page.getByRole('button', { name: `Export ${card}` }).click()
  await page.getByRole('menuitem', { name: entry }).click()
}

async function saved(card: string, entry: string): Promise<{ name: string; bytes: Buffer }> {
  const coming = page.waitForEvent('download')
  await choose(card, entry)
  const download = await coming
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) }
}

test('the keys move the cursor of a chart and say what is there', async () => {
  await plot().focus()
  const said = async (key: string): Promise<string> => {
    const before = await spoken().allTextContents()
    await page.keyboard.press(key)
    return until(`something said after ${key}`, async () => {
      const now = await spoken().allTextContents()
      return now.join() === before.join() ? undefined : now.join()
    })
  }
  // Two rows may be of one second, when somebody begins to look: the third is of a later one.
  const at = (text: string): string => text.slice(0, 8)
  const walked = async (start: string, key: string): Promise<[string, string]> => {
    const first = await said(start)
    const next = await said(key)
    return [first, at(next) === at(first) ? await said(key) : next]
  }
  await until('rows of three seconds', async () => {
    const seconds = new Set<string>()
    for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'End']) {
      await page.keyboard.press(key)
      await page.evaluate(() => new Promise(requestAnimationFrame))
      seconds.add(at((await spoken().allTextContents()).join()))
    }
    return seconds.size >= 3 ? true : undefined
  })
  const [first, second] = await walked('Home', 'ArrowRight')
  expect(first).toMatch(/^\d\d:\d\d:\d\d: used .*iB, cached files/)
  expect(at(second) > at(first)).toBe(true)
  const [last, before] = await walked('End', 'ArrowLeft')
  expect(at(last) > at(second)).toBe(true)
  expect(at(before) < at(last)).toBe(true)
})

test('Shift and a drag move in time, Escape goes back, the wheel scrolls the page', async () => {
  const box = await plot().boundingBox()
  if (!box) throw new Error('no chart')
  const y = box.y + box.height / 2
  await page.keyboard.down('Shift')
  await page.mouse.move(box.x + 200, y)
  await page.mouse.down()
  await page.mouse.move(box.x + 300, y, { steps: 4 })
  await page.mouse.up()
  await page.keyboard.up('Shift')
  const fixed = await until('a range of the past', () => {
    const { searchParams } = new URL(page.url())
    const [from, to] = [Number(searchParams.get('from')), Number(searchParams.get('to'))]
    return to > 0 ? { from, to } : undefined
  })
  expect(fixed.to - fixed.from).toBeGreaterThan(299_000)
  expect(fixed.to - fixed.from).toBeLessThan(301_000)
  expect(fixed.to).toBeLessThan(Date.now() - 20_000)
  await page.keyboard.press('Escape')
  await until('the live range', () => (page.url().includes('t=5m') ? true : undefined))
  await page.mouse.wheel(0, 200)
  await until('the page to scroll', async () =>
    (await page.evaluate(() => window.scrollY)) > 0 ? true : undefined,
  )
})

test('CSV of a chart: what is shown, ISO times, units in the head', async () => {
  const { name, bytes } = await saved('Memory and swap', 'CSV')
  expect(name).toMatch(/^bellwether-.+-memory-and-swap-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.csv$/)
  const [head, ...rows] = bytes.toString().trimEnd().split('\r\n')
  expect(head).toMatch(/^time \(UTC\),used \(B\),cached files \(B\)/)
  expect(rows.length).toBeGreaterThan(0)
  for (const row of rows) expect(row).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,\d+,\d+/)
  await page.getByText(`Saved ${name}.`).first().waitFor()
})

test('CSV of a table: raw values, units in the head', async () => {
  const { bytes } = await saved('File systems', 'CSV')
  const [head, ...rows] = bytes.toString().trimEnd().split('\r\n')
  expect(head).toBe('Mounted at,Used (%),Left (B),Status')
  expect(rows[0]).toMatch(/^\/.*,[\d.]+,\d+,\w+$/)
})

test('CSV of all processes, not only of those in sight', async () => {
  await page.getByRole('link', { name: 'Processes' }).first().click()
  await page.getByRole('table', { name: /Processes/ }).waitFor()
  const { bytes } = await saved('Processes', 'CSV')
  const [head, ...rows] = bytes.toString().trimEnd().split('\r\n')
  expect(head).toMatch(/^name,pid,user,state,cpu of one core \(%\),memory \(B\),/)
  expect(rows.filter((row) => /^[^,]+,\d+,/.test(row)).length).toBeGreaterThan(5)
})

test('a picture is 2,000 pixels wide', async () => {
  for (const card of ['Memory and swap', 'CPU by core']) {
    const { name, bytes } = await saved(card, 'Picture (PNG)')
    expect(name).toMatch(/\.png$/)
    expect(bytes.subarray(1, 4).toString()).toBe('PNG')
    expect(bytes.readUInt32BE(16)).toBe(2_000)
    expect(bytes.length).toBeGreaterThan(10_000)
  }
})

test('Markdown and links on the clipboard', async () => {
  const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText())
  await choose('Memory and swap', 'Copy as Markdown')
  await page.getByText('Memory and swap copied as Markdown.').first().waitFor()
  expect(await copied()).toMatch(/^\*\*Memory and swap\*\* \(.+ to .+\)\n\n\| time \(UTC\) \| used/)
  await choose('Memory and swap', 'Copy link to live view')
  await page.getByText('Link to the live view copied.').first().waitFor()
  expect(await copied()).toMatch(/\/overview\?t=5m$/)
})

test('every card has its menu, arrows go through it, axe is content', async () => {
  const main = page.getByRole('main')
  let counted = ''
  // Some cards come with what is read after the page, and while they are counted.
  await until(
    () => `a menu on every card; there are ${counted}`,
    async () => {
      const cards = await main.getByRole('heading', { level: 2 }).count()
      const tiles = await page.getByRole('article').count()
      const menus = await page.getByRole('button', { name: /^Export / }).count()
      counted = `${cards} cards, ${tiles} tiles, ${menus} menus`
      return cards > tiles && menus === cards - tiles ? true : undefined
    },
  )
  const button = page.getByRole('button', { name: 'Export Memory and swap' })
  await button.click()
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.textContent.trim() ?? '')
  await until('the focus in the menu', async () => ((await focused()) === 'CSV' ? true : undefined))
  await page.keyboard.press('ArrowDown')
  expect(await focused()).toBe('Picture (PNG)')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  expect(await focused()).toBe('Copy link to live view')
  expect(await complaintsOf(page)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('menuitem').first().waitFor({ state: 'hidden' })
})

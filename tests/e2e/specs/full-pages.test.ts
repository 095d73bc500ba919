/**
 * Pages of a program that is in full use: axe has nothing to complain about, in one theme on a wide screen
 * and in the other on a phone; and none scrolls sideways at 320 pixels, which is 1,280 at 400 per cent
 * (WCAG 2.2, 1.4.10). What is wider, such as a large table, scrolls in a box of its own.
 */

import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaintsOf } from '../harness/axe'
import { SIZES, launchBrowser, openContext, watched } from '../harness/browser'
import { fill } from '../harness/full'
import { hostOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { pillSays } from '../harness/sights'
import { type Shot, pagesOf, settled } from '../screenshots/models-pages'

const NARROW = { width: 320, height: 640 }
/** A row of a table that is wrong is wrong in each row. */
const FEW = 5
const OTHERS = [
  '/',
  '/hosts',
  '/models/new',
  '/settings/general',
  '/settings/access',
  '/settings/connections',
  '/settings/health',
  '/settings/retention',
  ...'overview processes services users disks network sensors'
    .split(' ')
    .map((tab) => `/hosts/HOST/${tab}`),
]

let program: Program
let browser: Browser
let session: Awaited<ReturnType<BrowserContext['storageState']>>
let host: string
let pages: Readonly<Record<string, Shot>>

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  const context = await openContext(browser)
  await (await watched(context)).goto(program.link)
  host = await hostOf(context, program)
  pages = pagesOf(await fill(context.request, program))
  session = await context.storageState()
}, 240_000)
afterAll(async () => {
  await browser.close()
  await program.stop()
})

async function opened(page: Page, { path, act }: Shot): Promise<void> {
  await page.goto(program.url + path.replace('HOST', host))
  await page.getByRole('heading', { level: 1 }).waitFor()
  await pillSays(page, /Live/)
  await settled(page)
  await act?.(page)
  await settled(page)
}

/** What reaches out of the window, the widest first; nothing that scrolls in a box of its own. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate((width) => {
    const root = document.documentElement
    if (Math.max(root.scrollWidth, document.body.scrollWidth) <= width) return []
    const boxed = (element: Element): boolean => {
      for (let up = element.parentElement; up && up !== root; up = up.parentElement)
        if (getComputedStyle(up).overflowX !== 'visible') return true
      return false
    }
    return [...document.querySelectorAll('body *')]
      .map((element) => ({ element, right: element.getBoundingClientRect().right }))
      .filter(({ element, right }) => right > width + 0.5 && !boxed(element))
      .sort((a, b) => b.right - a.right)
      .slice(0, 3)
      .map(({ element, right }) => `${Math.round(right)} px: ${element.outerHTML.slice(0, 120)}`)
      .concat(`the page is ${String(root.scrollWidth)} px wide`)
  }, NARROW.width)
}

/** What a narrow window shows of this page; the window is as it was afterwards. */
async function tooWideWhenNarrow(page: Page): Promise<string[]> {
  const size = page.viewportSize() ?? NARROW
  await page.setViewportSize(NARROW)
  // Charts follow a frame later.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  )
  const wide = await tooWide(page)
  await page.setViewportSize(size)
  return wide
}

test('no other page scrolls sideways at 320 px', { timeout: 240_000 }, async () => {
  const context = await openContext(browser, { size: 'phone', reducedMotion: true })
  await context.addCookies(session.cookies)
  const page = await watched(context)
  await page.setViewportSize(NARROW)
  const found: Record<string, string[]> = {}
  for (const path of OTHERS) {
    await opened(page, { path })
    const wide = await tooWide(page)
    if (wide.length > 0) found[path] = wide
  }
  await context.close()
  expect(found).toEqual({})
})

test('a page that is too wide is found, and what scrolls in a box of its own is not', async () => {
  const context = await openContext(browser, { size: 'phone' })
  const page = await context.newPage()
  await page.setViewportSize(NARROW)
  const phone = '<meta name="viewport" content="width=device-width">'
  await page.setContent(`${phone}<main><p style="width: 400px">wide</p></main>`)
  expect(await tooWide(page)).toContainEqual(expect.stringContaining('<p style'))
  // The same where a phone's page becomes narrow later, and the phone is as wide as before after it.
  await page.setViewportSize(SIZES.phone)
  await page.setContent(`${phone}<main><p style="width: 350px">fits</p></main>`)
  expect(await tooWideWhenNarrow(page)).toContainEqual(expect.stringContaining('<p style'))
  expect(page.viewportSize()).toEqual(SIZES.phone)
  await page.setViewportSize(NARROW)
  const boxed = '<div style="overflow-x: auto"><p style="width: 400px">boxed</p></div>'
  await page.setContent(phone + boxed)
  expect(await tooWide(page)).toEqual([])
  await context.close()
})

for (const [theme, size] of [
  ['dark', 'wide'],
  ['light', 'phone'],
] as const) {
  const narrow = size === 'phone' ? ', and none scrolls sideways at 320 px' : ''
  test(
    `axe is content with full pages, ${theme} and ${size}${narrow}`,
    { timeout: 300_000 },
    async () => {
      const context = await openContext(browser, { theme, size, reducedMotion: true })
      await context.addCookies(session.cookies)
      const page = await watched(context)
      const found: Record<string, string[]> = {}
      for (const [name, shot] of Object.entries(pages)) {
        await opened(page, shot)
        const complaints = await complaintsOf(page)
        if (size === 'phone') complaints.push(...(await tooWideWhenNarrow(page)))
        if (complaints.length > 0) found[name] = complaints.slice(0, FEW)
      }
      expect(page.seen.troubles).toEqual([])
      await context.close()
      expect(found).toEqual({})
    },
  )
}

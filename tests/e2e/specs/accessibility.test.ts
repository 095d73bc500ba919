/** axe finds nothing to complain about: each page, both themes, wide and phone. */

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  SIZES,
  type Size,
  type Theme,
  launchBrowser,
  openContext,
  watched,
} from '../harness/browser'
import { hostOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { pillSays } from '../harness/sights'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const PAGES = [
  '/',
  '/hosts',
  '/activity',
  '/settings/general',
  '/settings/access',
  '/settings/health',
  '/settings/retention',
  ...'overview processes services users disks network sensors'
    .split(' ')
    .map((tab) => `/hosts/HOST/${tab}`),
]
const THEMES: readonly Theme[] = ['dark', 'light']

let program: Program
let browser: Browser
let session: Awaited<ReturnType<BrowserContext['storageState']>>
let host: string
let axe: string

beforeAll(async () => {
  axe = await readFile(AXE, 'utf8')
  program = await startProgram()
  browser = await launchBrowser()
  const context = await openContext(browser)
  await (await watched(context)).goto(program.link)
  host = await hostOf(context, program)
  session = await context.storageState()
  await context.close()
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

async function complaints(
  path: string,
  theme: Theme,
  size: Size,
  guest = false,
): Promise<string[]> {
  const context = await openContext(browser, { theme, size, reducedMotion: true })
  if (!guest) await context.addCookies(session.cookies)
  const page = await watched(context)
  await page.goto(program.url + path.replace('HOST', host))
  await page.getByRole('heading', { level: 1 }).waitFor()
  if (!guest) await pillSays(page, /Live/)
  // Evaluated by the debugger, not by the page: the page's policy stays as it is.
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const options: RunOptions = {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }
    const { axe: checker } = window as unknown as {
      axe: { run(context: Document, options: RunOptions): Promise<AxeResults> }
    }
    const { violations } = await checker.run(document, options)
    return violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`))
  })
  // Nothing may be wider than the window: no sideways scrolling.
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  if (wider > 0) found.push(`the page is ${wider} px wider than the window`)
  // The browser itself reports the answer that makes a guest a guest.
  found.push(...page.seen.troubles.filter((one) => !guest || !one.includes('401 (Unauthorized)')))
  await context.close()
  return found
}

for (const theme of THEMES) {
  for (const size of Object.keys(SIZES) as Size[]) {
    for (const path of PAGES) {
      test(`${path} ${theme} ${SIZES[size].width}`, async () => {
        expect(await complaints(path, theme, size)).toEqual([])
      })
    }
    test(`signing in ${theme} ${SIZES[size].width}`, async () => {
      expect(await complaints('/', theme, size, true)).toEqual([])
    })
  }
}

test('axe does complain about a page that deserves it', async () => {
  const context = await openContext(browser)
  const page = await context.newPage()
  await page.setContent('<title>a</title><main><h1>a</h1><img src="a.png"></main>')
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const { axe: checker } = window as unknown as {
      axe: { run(): Promise<AxeResults> }
    }
    return (await checker.run()).violations.map((one) => one.id)
  })
  expect(found).toContain('image-alt')
  await context.close()
})

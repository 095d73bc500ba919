/** axe finds nothing to complain about: each page, both themes, wide and phone. */

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaintsOf } from '../harness/axe'
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

const PAGES = [
  '/',
  '/hosts',
  '/activity',
  '/alerts',
  '/alerts/rules',
  '/models',
  '/models/performance',
  '/settings/general',
  '/settings/access',
  '/settings/connections',
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

beforeAll(async () => {
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
  const found = await complaintsOf(page)
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
  const found = await complaintsOf(page)
  expect(found.map((one) => one.split(':')[0])).toContain('image-alt')
  await context.close()
})

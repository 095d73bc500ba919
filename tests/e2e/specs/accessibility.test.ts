/**
 * axe finds nothing to complain about: each page, both themes, wide and phone. Those that need something
 * first are looked at where it is made: settings, trainings, signals, models in use.
 */

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { complaintsInBothThemes, complaintsOf } from '../harness/axe'
import {
  SIZES,
  type Size,
  type Watched,
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
  ...'overview processes services users disks network sensors'
    .split(' ')
    .map((tab) => `/hosts/HOST/${tab}`),
]

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

/** A device that goes from page to page, as a person's does. */
async function device(size: Size): Promise<{ context: BrowserContext; page: Watched }> {
  const context = await openContext(browser, { size, reducedMotion: true })
  return { context, page: await watched(context) }
}

for (const size of Object.keys(SIZES) as Size[]) {
  describe(`both themes, ${String(SIZES[size].width)} px`, () => {
    let context: BrowserContext
    let page: Watched

    beforeAll(async () => {
      ;({ context, page } = await device(size))
      await context.addCookies(session.cookies)
    })
    afterAll(() => context.close())

    for (const path of PAGES) {
      test(path, async () => {
        const before = page.seen.troubles.length
        await page.goto(program.url + path.replace('HOST', host))
        await page.getByRole('heading', { level: 1 }).waitFor()
        await pillSays(page, /Live/)
        const found = await complaintsInBothThemes(page)
        expect([...found, ...page.seen.troubles.slice(before)]).toEqual([])
      })
    }
  })

  test(`signing in, both themes, ${String(SIZES[size].width)} px`, async () => {
    const { context, page } = await device(size)
    await page.goto(program.url)
    await page.getByRole('heading', { level: 1 }).waitFor()
    const found = await complaintsInBothThemes(page)
    // The browser itself reports the answer that makes a guest a guest.
    found.push(...page.seen.troubles.filter((one) => !one.includes('401 (Unauthorized)')))
    expect(found).toEqual([])
    await context.close()
  })
}

test('axe does complain about a page that deserves it', async () => {
  const context = await openContext(browser)
  const page = await context.newPage()
  await page.setContent('<title>a</title><main><h1>a</h1><img src="a.png"></main>')
  const found = await complaintsOf(page)
  expect(found.map((one) => one.split(':')[0])).toContain('image-alt')
  await context.close()
})

test('axe looks at the colours that stay, not at those on the way to them', async () => {
  const context = await openContext(browser)
  const page = await context.newPage()
  await page.setContent(`<html lang="en"><title>a</title><style>
    @keyframes enter { from { opacity: 0.1 } }
    @keyframes turn { to { rotate: 360deg } }
    b { animation: turn 1s infinite }
    h1 { color: #222; background: #fff; transition: background 60s; animation: enter 60s }
    @media (prefers-color-scheme: light) { h1 { color: #eee; background: #000 } }
  </style><main><h1>Heading</h1><b>turning</b></main>`)
  expect(await complaintsInBothThemes(page)).toEqual([])
  await context.close()
})

/**
 * Photographs what pages look like when things go wrong: answers that are errors, answers that do not come,
 * and a server that is gone. ONLY names some of `error`, `reading`, `gone`.
 */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { type Size, type Theme, launchBrowser, openContext, watched } from '../harness/browser'
import { fill } from '../harness/full'
import { hostOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { pillSays } from '../harness/sights'

const FOLDER = process.env.SCREENSHOTS ?? 'target/screenshots'
const ONLY = process.env.ONLY?.split(',')
const PROBLEM = {
  type: 'about:blank',
  title: 'The store is busy',
  status: 503,
  detail: 'The store cannot be read at the moment: the disk is full.',
}

let program: Program
let browser: Browser
let context: BrowserContext
let pages: Readonly<Record<string, string>>

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true })
  program = await startProgram()
  browser = await launchBrowser()
  context = await openContext(browser)
  await (await watched(context)).goto(program.link)
  const { runs } = await fill(context.request, program)
  pages = {
    now: '/',
    host: `/hosts/${await hostOf(context, program)}/overview`,
    models: '/models',
    live: '/models/churn/live',
    drift: '/models/churn/drift',
    datasets: '/models/data',
    jobs: '/jobs',
    job: `/jobs/${String(runs.finished)}`,
    alerts: '/alerts',
    rules: '/alerts/rules',
    activity: '/activity',
    access: '/settings/access',
    health: '/settings/health',
  }
}, 240_000)
afterAll(async () => {
  await browser.close()
  await program.stop()
})

/** Which of them are open when the server goes: all at once. */
const OPEN = ['now', 'live', 'jobs', 'alerts']

const api = (url: URL): boolean =>
  url.pathname.startsWith('/api/') && !/^.api.(session|settings)$/.test(url.pathname)

test('answers that are errors', () =>
  photograph('error', async (page) => {
    await page.route(api, (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', json: PROBLEM }),
    )
  }))

test('answers that do not come', () =>
  photograph('reading', async (page) => {
    await page.route(api, () => undefined)
  }))

test('a server that is gone', async () => {
  if (ONLY && !ONLY.includes('gone')) return
  const open: [string, Page][] = []
  for (const [theme, size] of views()) {
    for (const name of OPEN) {
      const page = await opened(theme, size, pages[name] ?? '/')
      await pillSays(page, /Live/)
      open.push([`gone-${name}-${theme}-${size}`, page])
    }
  }
  await program.stop()
  for (const [name, page] of open) {
    await pillSays(page, /Reconnecting|Offline/)
    await page.screenshot({ path: join(FOLDER, `${name}.png`) })
  }
})

function views(): [Theme, Size][] {
  const themes: Theme[] = ['dark', 'light']
  const sizes: Size[] = ['wide', 'phone']
  return themes.flatMap((theme) => sizes.map((size): [Theme, Size] => [theme, size]))
}

async function opened(
  theme: Theme,
  size: Size,
  path: string,
  prepare?: (page: Page) => Promise<void>,
): Promise<Page> {
  const device = await openContext(browser, { theme, size, reducedMotion: true })
  await device.addCookies((await context.storageState()).cookies)
  const page = await device.newPage()
  await prepare?.(page)
  await page.goto(program.url + path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return page
}

async function photograph(state: string, prepare: (page: Page) => Promise<void>): Promise<void> {
  if (ONLY && !ONLY.includes(state)) return
  for (const [theme, size] of views()) {
    for (const [name, path] of Object.entries(pages)) {
      const page = await opened(theme, size, path, prepare)
      await pillSays(page, /Live/)
      await page.screenshot({ path: join(FOLDER, `${state}-${name}-${theme}-${size}.png`) })
      await page.context().close()
    }
  }
}

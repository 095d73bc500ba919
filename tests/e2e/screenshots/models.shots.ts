/**
 * Photographs the pages of models in a full state: each page, tab and state, dark and light, wide and phone.
 * ONLY names some of them, SCREENSHOTS the folder, VIEWS some of `dark-wide,dark-phone,light-wide,light-phone`.
 */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { type Size, type Theme, launchBrowser, openContext, watched } from '../harness/browser'
import { type Full, fill } from '../harness/full'
import { type Program, startProgram } from '../harness/program'
import { pillSays } from '../harness/sights'
import { EMPTY, type Shot, pagesOf, settled } from './models-pages'

const FOLDER = process.env.SCREENSHOTS ?? 'target/screenshots'
const ONLY = process.env.ONLY?.split(',')
const VIEWS = process.env.VIEWS?.split(',')

let program: Program
let browser: Browser
let context: BrowserContext
let full: Full

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true })
  program = await startProgram()
  browser = await launchBrowser()
  context = await openContext(browser)
  await (await watched(context)).goto(program.link)
}, 60_000)
afterAll(async () => {
  await browser.close()
  await program.stop()
})

test('photographs', { timeout: 1_800_000 }, async () => {
  await photograph(EMPTY)
  full = await fill(context.request, program)
  await photograph(pagesOf(full))
  const { running, queued } = await full.busy()
  await photograph({
    'job-running': { path: `/jobs/${String(running)}` },
    'job-queued': { path: `/jobs/${String(queued)}` },
    'jobs-busy': { path: '/jobs' },
    'now-busy': { path: '/' },
  })
  for (const run of [queued, running]) await full.post(`/api/runs/${String(run)}/cancel`)
  const made = await full.post('/api/tokens/link', { role: 'viewer', name: 'a viewer' })
  const guest = await openContext(browser)
  await (await watched(guest)).goto(program.url + String(made.path))
  const shots = Object.entries(pagesOf(full)).map(
    ([name, shot]) => [`viewer-${name}`, shot] as const,
  )
  const seen = shots.filter(([, { act }]) => act === undefined)
  await photograph(Object.fromEntries(seen), guest)
})

async function photograph(
  pages: Readonly<Record<string, Shot>>,
  as: BrowserContext = context,
): Promise<void> {
  const session = await as.storageState()
  for (const theme of ['dark', 'light'] satisfies Theme[]) {
    for (const size of ['wide', 'phone'] satisfies Size[]) {
      if (VIEWS && !VIEWS.includes(`${theme}-${size}`)) continue
      const wanted = Object.entries(pages).filter(([name]) => !ONLY || ONLY.includes(name))
      if (wanted.length === 0) return
      const device = await openContext(browser, { theme, size })
      await device.addCookies(session.cookies)
      const page = await watched(device)
      for (const [name, { path, act }] of wanted) {
        await page.goto(program.url + path)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await pillSays(page, /Live/)
        await settled(page)
        await act?.(page)
        await settled(page)
        const file = join(FOLDER, `${name}-${theme}-${size}.png`)
        await page.screenshot({ path: file, fullPage: true })
      }
      await device.close()
    }
  }
}

/** Photographs the pages of models in a full state: each page, tab and state, dark and light, wide and phone. */

import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { openContext, watched } from '../harness/browser'
import { fill } from '../harness/full'
import { EMPTY, type Shot, pagesOf, settled } from './models-pages'
import { type Studio, file, inEachView, openStudio, visit, wantedOf } from './studio'

let studio: Studio

beforeAll(async () => {
  studio = await openStudio()
}, 60_000)
afterAll(() => studio.close())

test('photographs', { timeout: 1_800_000 }, async () => {
  const { browser, context, program } = studio
  await photograph(EMPTY)
  const full = await fill(context.request, program)
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
  who?: BrowserContext,
): Promise<void> {
  const wanted = wantedOf(pages)
  if (wanted.length === 0) return
  const take = async (device: BrowserContext, view: string): Promise<void> => {
    const page = await watched(device)
    for (const [name, { path, act }] of wanted) {
      await visit(page, studio.program, path)
      await settled(page)
      await act?.(page)
      await settled(page)
      await page.screenshot({ path: file(`${name}-${view}`), fullPage: true })
    }
    await device.close()
  }
  await inEachView(studio, take, who)
}

/**
 * Photographs what pages look like when things go wrong: answers that are errors, answers that do not come,
 * and a server that is gone. ONLY names some of `error`, `reading`, `gone`.
 */

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { watched } from '../harness/browser'
import { fill } from '../harness/full'
import { hostOf } from '../harness/history'
import { pillSays } from '../harness/sights'
import { type Studio, file, inEachView, isWanted, openStudio, visit } from './studio'

const PROBLEM = {
  type: 'about:blank',
  title: 'The store is busy',
  status: 503,
  detail: 'The store cannot be read at the moment: the disk is full.',
}

let studio: Studio
let pages: Readonly<Record<string, string>>

beforeAll(async () => {
  studio = await openStudio()
  const { context, program } = studio
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
afterAll(() => studio.close())

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
  if (!isWanted('gone')) return
  const open: [string, Page][] = []
  await inEachView(
    studio,
    async (device, view) => {
      for (const name of OPEN) {
        const page = await watched(device)
        await visit(page, studio.program, pages[name] ?? '/')
        open.push([`gone-${name}-${view}`, page])
      }
    },
    studio.context,
    { reducedMotion: true },
  )
  await studio.program.stop()
  for (const [name, page] of open) {
    await pillSays(page, /Reconnecting|Offline/)
    await page.screenshot({ path: file(name) })
  }
})

async function photograph(state: string, prepare: (page: Page) => Promise<void>): Promise<void> {
  if (!isWanted(state)) return
  await inEachView(
    studio,
    async (device, view) => {
      for (const [name, path] of Object.entries(pages)) {
        const page = await watched(device)
        await prepare(page)
        await visit(page, studio.program, path)
        await page.screenshot({ path: file(`${state}-${name}-${view}`) })
        await page.close()
      }
      await device.close()
    },
    studio.context,
    { reducedMotion: true },
  )
}

/**
 * Photographs each page, dark and light, wide and phone. SCREENSHOTS names the folder (default
 * target/screenshots), HISTORY_S how much history there should be on them (default 60).
 */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { type Size, type Theme, launchBrowser, openContext, watched } from '../harness/browser'
import { ATLAS, silentHost } from '../harness/atlas'
import { askedFor, customers, trainedModel } from '../harness/customers'
import { hostOf, samplesOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { showRecorded } from '../harness/recorded'
import { pillSays } from '../harness/sights'
import { until } from '../harness/until'

const FOLDER = process.env.SCREENSHOTS ?? 'target/screenshots'
const HISTORY_MS = Number(process.env.HISTORY_S ?? '60') * 1_000
const ONLY = process.env.ONLY?.split(',')
/** Messages until each card has its values; pages that watch little hear little. */
const FRAMES = 40
const FEW_FRAMES = 8
/** All but those that show everything of the real host. */
const LOUD = ['now', 'host', 'processes']
const PAGES = {
  now: '/',
  hosts: '/hosts',
  host: '/hosts/HOST/overview',
  processes: '/hosts/HOST/processes',
  'own-disks': '/hosts/HOST/disks',
  'own-network': '/hosts/HOST/network',
  'own-sensors': '/hosts/HOST/sensors',
  'own-services': '/hosts/HOST/services',
  'own-users': '/hosts/HOST/users',
  atlas: '/hosts/atlas/overview',
  disks: '/hosts/atlas/disks',
  network: '/hosts/atlas/network',
  sensors: '/hosts/atlas/sensors',
  services: '/hosts/atlas/services',
  users: '/hosts/atlas/users',
  models: '/models',
  'models-performance': '/models/performance',
  'model-live': '/models/churn/live',
  'model-try': '/models/churn/try',
  'model-versions': '/models/churn/versions',
  'model-drift': '/models/churn/drift',
  'model-data': '/models/churn/data',
  activity: '/activity',
  alerts: '/alerts',
  rules: '/alerts/rules',
  general: '/settings/general',
  access: '/settings/access',
  connections: '/settings/connections',
  health: '/settings/health',
  retention: '/settings/retention',
}

let program: Program
let browser: Browser
let context: BrowserContext

beforeAll(async () => {
  await mkdir(FOLDER, { recursive: true })
  program = await startProgram()
  browser = await launchBrowser()
  context = await openContext(browser)
  await (await watched(context)).goto(program.link)
  if (ONLY && !ONLY.some((name) => name.startsWith('model'))) return
  const id = await trainedModel(context.request, program, 'churn')
  await trainedModel(context.request, program, 'churn', 2)
  await askedFor(context.request, program, id, customers(200, 7))
}, 240_000)
afterAll(async () => {
  await browser.close()
  await program.stop()
})

test('photographs', async () => {
  const host = await hostOf(context, program)
  const session = await context.storageState()
  await until(
    'enough history',
    async () => {
      const now = Date.now()
      const { at_ms } = await samplesOf(context, program, 'cpu/total_percent', now - 900_000, now)
      return (at_ms.at(-1) ?? 0) - (at_ms[0] ?? 0) >= HISTORY_MS ? true : undefined
    },
    HISTORY_MS + 60_000,
  )
  for (const theme of ['dark', 'light'] satisfies Theme[]) {
    for (const size of ['wide', 'phone'] satisfies Size[]) {
      const device = await openContext(browser, { theme, size })
      await device.addCookies(session.cookies)
      const page = await watched(device)
      await showRecorded(page, [ATLAS, silentHost(Date.now() - 40 * 60_000)])
      for (const [name, path] of Object.entries(PAGES)) {
        if (ONLY && !ONLY.includes(name)) continue
        await page.goto(program.url + path.replace('HOST', host))
        await page.getByRole('heading', { level: 1 }).waitFor()
        await pillSays(page, /Live/)
        // A few rounds, so that each card has its values and charts are drawn.
        const enough = page.seen.frames.length + (LOUD.includes(name) ? FRAMES : FEW_FRAMES)
        await until('values', () => (page.seen.frames.length > enough ? true : undefined))
        const file = (form: string): string => join(FOLDER, `${name}-${theme}-${size}${form}.png`)
        await page.screenshot({ path: file('') })
        await page.screenshot({ path: file('-whole'), fullPage: true })
      }
      await device.close()
    }
  }
})

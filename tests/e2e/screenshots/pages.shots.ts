/**
 * Photographs each page, dark and light, wide and phone. HISTORY_S says how much history there should be on
 * them (default 60).
 */

import { afterAll, beforeAll, test } from 'vitest'
import { watched } from '../harness/browser'
import { ATLAS, silentHost } from '../harness/atlas'
import { askedFor, customers, trainedModel } from '../harness/customers'
import { hostOf, samplesOf } from '../harness/history'
import { showRecorded } from '../harness/recorded'
import { until } from '../harness/until'
import { type Studio, file, inEachView, isWanted, openStudio, visit, wantedOf } from './studio'

const HISTORY_MS = Number(process.env.HISTORY_S ?? '60') * 1_000
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

let studio: Studio

beforeAll(async () => {
  studio = await openStudio()
  const { context, program } = studio
  if (!Object.keys(PAGES).some((name) => name.startsWith('model') && isWanted(name))) return
  const id = await trainedModel(context.request, program, 'churn')
  await trainedModel(context.request, program, 'churn', 2)
  await askedFor(context.request, program, id, customers(200, 7))
}, 240_000)
afterAll(() => studio.close())

test('photographs', async () => {
  const { context, program } = studio
  const host = await hostOf(context, program)
  await until(
    'enough history',
    async () => {
      const now = Date.now()
      const { at_ms } = await samplesOf(context, program, 'cpu/total_percent', now - 900_000, now)
      return (at_ms.at(-1) ?? 0) - (at_ms[0] ?? 0) >= HISTORY_MS ? true : undefined
    },
    HISTORY_MS + 60_000,
  )
  await inEachView(studio, async (device, view) => {
    const page = await watched(device)
    await showRecorded(page, [ATLAS, silentHost(Date.now() - 40 * 60_000)])
    for (const [name, path] of wantedOf(PAGES)) {
      await visit(page, program, path.replace('HOST', host))
      // A few rounds, so that each card has its values and charts are drawn.
      const enough = page.seen.frames.length + (LOUD.includes(name) ? FRAMES : FEW_FRAMES)
      await until('values', () => (page.seen.frames.length > enough ? true : undefined))
      await page.screenshot({ path: file(`${name}-${view}`) })
      await page.screenshot({ path: file(`${name}-${view}-whole`), fullPage: true })
    }
    await device.close()
  })
})

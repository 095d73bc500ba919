/**
 * What a long visit leaves behind: after two hundred changes of page the same number of nodes and
 * listeners, and a heap of the same size. Nothing here depends on how fast the machine is.
 */

import type { Browser, CDPSession } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Watched, launchBrowser, photographFailure, signedIn } from '../harness/browser'
import { hostOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { numberOn, pillSays } from '../harness/sights'

const TABS = ['overview', 'processes', 'disks', 'network', 'sensors']
const NAVIGATIONS = 200

let program: Program
let browser: Browser
let page: Watched
let cdp: CDPSession
let host: string

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  const signed = await signedIn(browser, program)
  page = signed.page
  cdp = await signed.context.newCDPSession(page)
  host = await hostOf(signed.context, program)
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

interface Held {
  readonly nodes: number
  readonly listeners: number
  readonly heapBytes: number
}

/** What is alive on Now after a collection: also what is in no document any more. */
async function held(): Promise<Held> {
  await visit('/')
  await numberOn(page, 'CPU')
  await cdp.send('HeapProfiler.collectGarbage')
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  return { nodes, listeners: jsEventListeners, heapBytes: usedSize }
}

/** Goes there inside the page, as a link does: a new load would forget everything. */
async function visit(path: string): Promise<void> {
  await page.locator(`a[href^="${path}"]`).first().click()
  await page.waitForURL((url) => url.pathname === path)
  await page.locator('main :is(h2, table, [role="img"])').first().waitFor()
}

async function wander(times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    if (i % TABS.length === 0) {
      await visit('/')
      await visit('/hosts')
      await visit(`/hosts/${host}/overview`)
      i += 2
    } else await visit(`/hosts/${host}/${TABS[i % TABS.length] ?? 'overview'}`)
  }
}

test('two hundred changes of page leave nothing behind', { timeout: 240_000 }, async () => {
  photographFailure(() => page)
  await pillSays(page, /Live/)
  // Every page once or twice: what is loaded and kept for good is there.
  await wander(20)
  const before = await held()
  await wander(NAVIGATIONS)
  const after = await held()
  console.info('before', before, 'after', after)
  // The pages' own rings of values fill meanwhile: that is what the heap may grow by.
  expect(after.heapBytes - before.heapBytes).toBeLessThan(3e6)
  expect(after.listeners - before.listeners).toBeLessThan(100)
  // A page is a thousand nodes: one that is left behind each time would be two hundred thousand.
  expect(after.nodes - before.nodes).toBeLessThan(3_000)
  expect(page.seen.troubles).toEqual([])
})

/**
 * What a long visit leaves behind: two hundred changes of page may not leave two hundred pages in
 * memory. Nothing here depends on how fast the machine is.
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

/** What is alive after a collection: also what is in no document any more. */
async function held(): Promise<Held> {
  // Twice: what the first one frees may let go of something else.
  await cdp.send('HeapProfiler.collectGarbage')
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(undefined))))
  await cdp.send('HeapProfiler.collectGarbage')
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters')
  const { usedSize } = await cdp.send('Runtime.getHeapUsage')
  return { nodes, listeners: jsEventListeners, heapBytes: usedSize }
}

/** Goes there inside the page, as a link does: a new load would forget everything. */
async function visit(path: string, link = `a[href="${path}"], a[href^="${path}?"]`): Promise<void> {
  await page.locator(link).first().click()
  await page.waitForFunction((prefix) => window.location.pathname.startsWith(prefix), path)
  await page.locator('main :is(h2, table, [role="img"])').first().waitFor()
}

/** Now, all hosts, and one tab after the other, so many changes in all. */
async function wander(changes: number): Promise<void> {
  const round = 2 + TABS.length
  for (let i = 0; i < changes; i += 1) {
    const tab = TABS[(i % round) - 2]
    if (tab === undefined) await visit(i % round === 0 ? '/' : '/hosts')
    else if (tab === 'overview') await visit(`/hosts/${host}`, 'main a[href^="/hosts/"]')
    else await visit(`/hosts/${host}/${tab}`)
  }
}

test('two hundred changes of page leave nothing behind', { timeout: 240_000 }, async () => {
  photographFailure(() => page)
  await pillSays(page, /Live/)
  // Long enough that what is loaded and kept for good is there, and what waits for a collection, too.
  await wander(70)
  await rest()
  const before = await held()
  await wander(NAVIGATIONS)
  await rest()
  // A page is about a thousand nodes and a hundred listeners: one that was left behind each time
  // would be two hundred thousand and twenty thousand. A few pages that the last moves left may be
  // held for a while by what the browser still does with them; what leaks never comes back.
  await expect
    .poll(async () => grown(before, await held()), { timeout: 60_000, interval: 500 })
    .toEqual({ nodes: 'kept', listeners: 'kept', heapBytes: 'kept' })
})

/** Back to Now, where every count is taken. */
async function rest(): Promise<void> {
  await visit('/')
  await numberOn(page, 'CPU')
}

/** Each count that is still more than a few pages above what it was, in figures. */
function grown(before: Held, after: Held): Record<keyof Held, string> {
  const told = (key: keyof Held, allowed: number): string => {
    const more = after[key] - before[key]
    return more < allowed ? 'kept' : `grew by ${more} from ${before[key]}`
  }
  return {
    nodes: told('nodes', 15_000),
    listeners: told('listeners', 1_500),
    // Buffers of values fill meanwhile.
    heapBytes: told('heapBytes', 12e6),
  }
}

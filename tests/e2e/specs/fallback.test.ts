/**
 * A proxy lets less and less through: no WebSocket, then no stream, then nothing, then all again. The
 * page says at each step what it shows, and fills in what it missed.
 */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Proxy } from '../../../clients/ts/server-test/proxy'
import { complaintsOf } from '../harness/axe'
import {
  type Size,
  type Theme,
  type Watched,
  launchBrowser,
  openContext,
  photographFailure,
  signedIn,
  watched,
} from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { change, numberOn, pillSays, tile } from '../harness/sights'
import { until } from '../harness/until'

/** A poll comes every 30 s, and giving up takes five attempts. */
const PATIENCE_MS = 60_000
const OFFLINE_MODE = /^Offline Mode\. Refreshed \d\d:\d\d:\d\d \(offline mode\)$/

let program: Program
let proxy: Proxy
let browser: Browser
let context: BrowserContext
let page: Watched
/** When nothing was let through, on the clock that server and page share. */
const outage = { from: 0, to: 0 }

beforeAll(async () => {
  program = await startProgram()
  proxy = await Proxy.start(program.url)
  browser = await launchBrowser()
  // Cookies do not tell ports apart: who signed in at the server is known behind the proxy.
  const direct = await signedIn(browser, program)
  context = direct.context
  await pillSays(direct.page, /Live/)
  await direct.page.close()
  page = await watched(context)
})
afterAll(async () => {
  await browser.close()
  await proxy.stop()
  await program.stop()
})

function bar(): Promise<string> {
  return page.locator('.room .bar').first().innerText()
}

/** The same state on other devices: axe has nothing to say, and SCREENSHOTS keeps a picture. */
async function looksRight(name: string, says: RegExp): Promise<void> {
  const session = await context.storageState()
  const folder = process.env.SCREENSHOTS
  for (const theme of ['dark', 'light'] satisfies Theme[]) {
    for (const size of ['wide', 'phone'] satisfies Size[]) {
      const device = await openContext(browser, { theme, size, reducedMotion: true })
      await device.addCookies(session.cookies)
      const other = await watched(device)
      await other.goto(proxy.origin)
      await pillSays(other, says)
      await numberOn(other, 'CPU')
      expect(await complaintsOf(other), `${name} ${theme} ${size}`).toEqual([])
      if (folder !== undefined) {
        await mkdir(folder, { recursive: true })
        await other.screenshot({ path: join(folder, `${name}-${theme}-${size}.png`) })
      }
      await device.close()
    }
  }
}

test('without WebSockets the values come all the same, and the pill says how', async () => {
  photographFailure(() => page)
  proxy.sockets = 'refuse'
  await page.goto(proxy.origin)
  await pillSays(page, /Live \(fallback\)$/)
  await numberOn(page, 'CPU')
  await change('the CPU tile', () => tile(page, 'CPU').textContent())
  expect(proxy.count('/api/topics')).toBe(0)
})

test('on each device, accessible', () => looksRight('live-fallback', /Live \(fallback\)$/), 120_000)

test(
  'without streams too it polls: pill and bar say of when it is',
  async () => {
    photographFailure(() => page)
    proxy.streams = 'refuse'
    proxy.cut()
    const first = await pillSays(page, OFFLINE_MODE, PATIENCE_MS)
    await until('the bar', async () =>
      (await page.locator('.room .bar').count()) > 0 ? true : undefined,
    )
    expect(await bar()).toMatch(/^Offline Mode\. Refreshed .* \(offline mode\)\./)
    await numberOn(page, 'CPU')
    const polls = proxy.count('/api/topics')
    await until(
      'the next poll',
      async () => ((await pillSays(page, OFFLINE_MODE)) !== first ? true : undefined),
      PATIENCE_MS,
    )
    expect(proxy.count('/api/topics')).toBeGreaterThan(polls)
  },
  2 * PATIENCE_MS,
)

test('that too on each device, accessible', () => looksRight('polling', OFFLINE_MODE), 120_000)

test(
  'when nothing answers it says so, and offers to try again',
  async () => {
    photographFailure(() => page)
    outage.from = Date.now()
    proxy.dead = true
    proxy.cut()
    // Somebody looks: nobody waits for the next poll.
    await page.evaluate(() => window.dispatchEvent(new Event('focus')))
    await pillSays(page, /Reconnecting/, PATIENCE_MS)
    await pillSays(page, /^Offline$/, PATIENCE_MS)
    await page.getByRole('button', { name: 'Reconnect' }).waitFor()
    expect(await complaintsOf(page)).toEqual([])
    const folder = process.env.SCREENSHOTS
    if (folder !== undefined) await page.screenshot({ path: join(folder, 'offline-dark-wide.png') })
  },
  3 * PATIENCE_MS,
)

test(
  'all back: polling is over, and what was missed is filled in',
  async () => {
    photographFailure(() => page)
    outage.to = Date.now()
    proxy.dead = false
    proxy.streams = 'pass'
    proxy.sockets = 'pass'
    await page.getByRole('button', { name: 'Reconnect' }).click()
    await pillSays(page, /^Live \d/)
    await until('what was filled in', async () => {
      const told = await page.locator('.room .bar.ok').allInnerTexts()
      return told.some((text) => /^Back\.\s\d.*filled in\.$/.test(text.trim())) ? true : undefined
    })
    await page.getByRole('button', { name: 'Table view of the timeline' }).click()
    // The server measured all the while: the page has those rows too.
    await until('the rows of the outage', async () => {
      const titles = await page
        .getByRole('region', { name: 'CPU as a table' })
        .locator('tbody th')
        .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('title') ?? ''))
      const at = titles.map((title) => Date.parse(title.replace(' UTC', 'Z').replace(' ', 'T')))
      const inside = at.filter((one) => one > outage.from && one < outage.to).length
      // While nobody is subscribed the processor is measured every 2 s.
      return inside >= (outage.to - outage.from) / 4_000 ? true : undefined
    })
  },
  2 * PATIENCE_MS,
)

test(
  'polling stops the moment the socket is back, and nothing asks any more',
  async () => {
    photographFailure(() => page)
    proxy.sockets = 'refuse'
    proxy.streams = 'refuse'
    proxy.cut()
    await pillSays(page, OFFLINE_MODE, PATIENCE_MS)
    proxy.sockets = 'pass'
    const polling = proxy.seen.length
    await pillSays(page, /^Live \d/, PATIENCE_MS)
    // Loading what was missed is over with a few values.
    const stamps = (): number[] =>
      page.seen.frames.flatMap((frame) => {
        const ts = /"ts":(\d+)/.exec(frame)?.[1]
        return frame.includes('/cpu"') && ts !== undefined ? [Number(ts)] : []
      })
    const settled = stamps().length + 5
    await until('the page to settle', () => (stamps().length >= settled ? true : undefined))
    const asked = proxy.seen.length
    // What was missed is read once for each chart and poll, not with each message that comes.
    const read = proxy.seen.slice(polling).filter((one) => one.includes('/api/series'))
    expect(read.length).toBeLessThanOrEqual(30)
    const from = stamps().at(-1) ?? 0
    await until(
      'more than the time of a poll',
      () => ((stamps().at(-1) ?? 0) - from > 31_000 ? true : undefined),
      PATIENCE_MS,
    )
    // The icon of the tab follows the worst status, and the first alert calls for a part of the page: once each.
    const timed = proxy.seen.slice(asked).filter((one) => !/\/(favicon|assets\/)/.test(one))
    expect(timed).toEqual([])
  },
  4 * PATIENCE_MS,
)

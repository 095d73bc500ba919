/** What a person sees first: real values, moving, without a fault and without a request too many. */

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Watched, launchBrowser, signedIn, watched } from '../harness/browser'
import { hostOf, samplesOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { change, cpuTimes, numberOn, pillSays, tile } from '../harness/sights'
import { until } from '../harness/until'

let program: Program
let browser: Browser
let context: BrowserContext
let page: Watched

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  ;({ context, page } = await signedIn(browser, program))
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

test('the first live value is there soon after load', async () => {
  const fresh = await watched(context)
  await fresh.goto(program.url)
  await numberOn(fresh, 'CPU')
  // Measured for the reader; `make bench` holds it to its bar on a quiet machine.
  const ms = await fresh.evaluate(() => performance.now())
  console.info(`listening ${program.startMs.toFixed(0)} ms after the start`)
  console.info(`first live value ${ms.toFixed(0)} ms after load, signed in before`)
  await fresh.close()
})

test('the values are those of this machine, and they move', async () => {
  await numberOn(page, 'CPU')
  await numberOn(page, 'Memory')
  const processes = page.getByRole('table').first()
  await Promise.all([
    change('the CPU tile', () => tile(page, 'CPU').textContent()),
    change('the process list', () => processes.textContent()),
  ])
  // The page's own renderer is a process of this machine: the list is no invention.
  await page.goto(`${program.url}/hosts/${await hostOf(context, program)}/processes`)
  await page
    .getByRole('row')
    .filter({ hasText: /bellwether/ })
    .first()
    .waitFor()
})

test('what is shown is remembered', async () => {
  const columns = await until('three samples in the history', async () => {
    const now = Date.now()
    const found = await samplesOf(context, program, 'cpu/total_percent', now - 60_000, now)
    return found.at_ms.length >= 3 ? found : undefined
  })
  expect(columns.unit).toBe('percent')
  for (const mean of columns.mean) {
    expect(mean).toBeGreaterThanOrEqual(0)
    expect(mean).toBeLessThanOrEqual(100)
  }
})

test('while the socket is up, no HTTP request is made', async () => {
  await page.goto(program.url)
  await pillSays(page, /Live/)
  await numberOn(page, 'CPU')
  const stamps = (): number[] => cpuTimes(page)
  // Loading is over with the first few values; from then on the socket alone speaks.
  const settled = stamps().length + 3
  await until('the page to settle', () => (stamps().length >= settled ? true : undefined))
  const before = page.seen.requests.length
  const from = stamps().at(-1) ?? 0
  await until('12 s of values', () => ((stamps().at(-1) ?? 0) - from >= 12_000 ? true : undefined))
  // The icon of the tab follows the worst status, and the first alert calls for a part of the page: once each.
  const asked = page.seen.requests.slice(before).filter((one) => !/\/(favicon|assets\/)/.test(one))
  expect(asked).toEqual([])
})

test('nothing jumps while values move', async () => {
  // A feed moves down when something happens; that is what it is for. Everything else stays.
  const shifts = await page.evaluate(
    () =>
      new Promise<{ value: number; what: string }[]>((resolve) => {
        const all: { value: number; what: string }[] = []
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as (PerformanceEntry & {
            value: number
            sources: { node: Node | null }[]
          })[]) {
            const elements = entry.sources.map(({ node }) =>
              node instanceof Element ? node : node?.parentElement,
            )
            const moved = elements.find((element) => element && !element.closest('ol'))
            if (moved) all.push({ value: entry.value, what: moved.outerHTML.slice(0, 120) })
          }
        }).observe({ type: 'layout-shift', buffered: true })
        // Without any shift the observer stays silent.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(all)))
      }),
  )
  const sum = shifts.reduce((total, { value }) => total + value, 0)
  console.info(`cumulative layout shift since load: ${sum.toFixed(4)}`)
  const worst = shifts.sort((a, b) => b.value - a.value).slice(0, 3)
  expect(sum, JSON.stringify(worst, null, 1)).toBeLessThan(0.02)
})

test('nothing went wrong in the browser', () => {
  expect(page.seen.troubles).toEqual([])
})

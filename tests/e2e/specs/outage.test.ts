/**
 * The server is killed and comes back: the page says so, comes back by itself, and shows what was
 * missed as missing, exactly as long as it was.
 */

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Watched, launchBrowser, signedIn } from '../harness/browser'
import { samplesOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { change, numberOn, pillSays, valueOn } from '../harness/sights'
import { until } from '../harness/until'

const SERIES = 'cpu/total_percent'

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

/** All samples since before the test. */
async function history(): Promise<{ at: readonly number[]; mean: readonly number[] }> {
  const now = Date.now()
  const columns = await samplesOf(context, program, SERIES, now - 600_000, now + 1_000)
  return { at: columns.at_ms, mean: columns.mean }
}

/** The times in the chart's table, oldest first: what the chart is drawn from, to the second. */
async function drawnTimes(): Promise<number[]> {
  const titles = await page
    .getByRole('region', { name: 'CPU as a table' })
    .locator('tbody th')
    .evaluateAll((cells) => cells.map((cell) => cell.getAttribute('title') ?? ''))
  return titles.map((title) => Date.parse(title.replace(' UTC', 'Z').replace(' ', 'T'))).reverse()
}

/** The longest distance between neighbours, and where it begins. */
function widestGap(at: readonly number[]): { fromMs: number; lengthMs: number } {
  let widest = { fromMs: 0, lengthMs: 0 }
  at.forEach((here, i) => {
    const before = at[i - 1]
    if (before !== undefined && here - before > widest.lengthMs) {
      widest = { fromMs: before, lengthMs: here - before }
    }
  })
  return widest
}

test('killed and restarted: told, resumed, and the outage is a gap of its true length', async () => {
  await numberOn(page, 'CPU')
  const before = await until('ten samples in the history', async () => {
    const found = await history()
    return found.at.length >= 10 ? found : undefined
  })

  const killedAt = Date.now()
  await program.kill()
  await pillSays(page, /Reconnecting/)
  await pillSays(page, /Reconnecting.*(3|4) of/, 40_000)
  const restartAt = Date.now()
  await program.restart()
  await pillSays(page, /Live/)
  await change('the CPU tile', () => valueOn(page, 'CPU'))

  // What the server remembers: everything it had told before, each once, in order.
  const after = await until('five samples after the outage', async () => {
    const found = await history()
    return found.at.filter((at) => at > restartAt).length >= 5 ? found : undefined
  })
  const known = new Map(after.at.map((at, i) => [at, after.mean[i]]))
  const lost = before.at.filter((at, i) => known.get(at) !== before.mean[i])
  expect(lost).toEqual([])
  const unordered = after.at.filter((at, i) => i > 0 && at <= (after.at[i - 1] ?? 0))
  expect(unordered).toEqual([])
  const silent = after.at.filter((at) => at > killedAt && at < restartAt)
  expect(silent).toEqual([])

  // What the page draws: one gap, as long as the server was silent.
  const remembered = widestGap(after.at)
  expect(remembered.fromMs).toBeLessThanOrEqual(killedAt)
  expect(remembered.lengthMs).toBeGreaterThanOrEqual(restartAt - killedAt)
  await page.getByRole('button', { name: 'Table view of the timeline' }).click()
  const drawn = await until('the gap on the page', async () => {
    const gap = widestGap(await drawnTimes())
    return Math.abs(gap.lengthMs - remembered.lengthMs) <= 1_000 ? gap : undefined
  })
  expect(Math.abs(drawn.fromMs - remembered.fromMs)).toBeLessThanOrEqual(1_000)
  console.info(
    `down for ${restartAt - killedAt} ms, without samples for ${remembered.lengthMs} ms, ` +
      `drawn as ${drawn.lengthMs} ms`,
  )

  // What the page still has from before the kill, it draws once.
  const times = await drawnTimes()
  const shownBefore = times.filter((at) => at <= remembered.fromMs)
  expect(shownBefore.length).toBeGreaterThanOrEqual(5)
  expect(times.length).toBeLessThanOrEqual((await history()).at.length)
})

test('the same session goes on after the restart', async () => {
  await page.reload()
  await pillSays(page, /Live/)
  await numberOn(page, 'CPU')
})

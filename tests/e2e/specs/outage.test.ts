/**
 * The server is killed and comes back: the page says so, comes back by itself, and shows what was
 * missed as missing, exactly as long as it was.
 */

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Watched, launchBrowser, photographFailure, signedIn } from '../harness/browser'
import { samplesOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { cpuTimes, numberOn, pillSays } from '../harness/sights'
import { until } from '../harness/until'

const SERIES = 'cpu/total_percent'
/** The waits between attempts grow to 16 s by then, and the browser adds up to 5 s of its own. */
const PATIENCE_MS = 60_000

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

function count(all: readonly number[], one: number): number {
  return all.filter((here) => here === one).length
}

/**
 * The widest stretch in which the picture itself shows no value, in milliseconds: pixel columns of the
 * CPU lane between its first and its last ink that have none of the colour of line and area.
 */
async function inkGapMs(): Promise<number> {
  return page.evaluate(() => {
    const chart = document.querySelector('figure [role="img"]')
    const canvas = chart?.querySelector('canvas')
    const area = chart?.querySelector('.u-over')?.getBoundingClientRect()
    const context = canvas?.getContext('2d')
    if (!canvas || !area || !context) return 0
    const scale = canvas.width / canvas.getBoundingClientRect().width
    const left = Math.round((area.left - canvas.getBoundingClientRect().left) * scale)
    const width = Math.round(area.width * scale)
    // The colour as the browser writes it in bytes.
    const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
    const token = getComputedStyle(document.documentElement).getPropertyValue('--series-1')
    if (!probe) return 0
    probe.fillStyle = token
    probe.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0] = probe.getImageData(0, 0, 1, 1).data
    const { data } = context.getImageData(left, 0, width, canvas.height)
    const hasInk = (x: number): boolean => {
      for (let y = 0; y < canvas.height; y += 1) {
        const at = (y * width + x) * 4
        const off =
          Math.abs((data[at] ?? 0) - red) +
          Math.abs((data[at + 1] ?? 0) - green) +
          Math.abs((data[at + 2] ?? 0) - blue)
        if ((data[at + 3] ?? 0) > 10 && off < 60) return true
      }
      return false
    }
    let [widest, last] = [0, -1]
    for (let x = 0; x < width; x += 1) {
      if (!hasInk(x)) continue
      if (last >= 0) widest = Math.max(widest, x - last)
      last = x
    }
    return (widest / width) * 300_000
  })
}

test(
  'killed and restarted: told, resumed, and the outage is a gap of its true length',
  { timeout: 180_000 },
  async () => {
    photographFailure(() => page)
    await numberOn(page, 'CPU')
    const before = await until('ten samples in the history', async () => {
      const found = await history()
      return found.at.length >= 10 ? found : undefined
    })

    // Right after a value was told: the history may not have it yet.
    const newest = cpuTimes(page).at(-1)
    await until('a value', () => (cpuTimes(page).at(-1) === newest ? undefined : true))
    const killedAt = Date.now()
    await program.kill()
    await pillSays(page, /Reconnecting/)
    await pillSays(page, /Reconnecting, try [45]/, PATIENCE_MS)
    const restartAt = Date.now()
    await program.restart()
    await pillSays(page, /Live/, PATIENCE_MS)
    const frames = page.seen.frames.length
    await until('new values', () =>
      page.seen.frames.slice(frames).some((one) => one.includes('/cpu"')) ? true : undefined,
    )

    // What the server remembers: everything it had told before, each once, in order.
    const after = await until('five samples after the outage', async () => {
      const found = await history()
      return found.at.filter((at) => at > restartAt).length >= 5 ? found : undefined
    })
    const values = new Map(after.at.map((at, i) => [at, after.mean[i]]))
    const lost = before.at.filter((at, i) => values.get(at) !== before.mean[i])
    expect(lost).toEqual([])
    const unordered = after.at.filter((at, i) => i > 0 && at <= (after.at[i - 1] ?? 0))
    expect(unordered).toEqual([])
    const silent = after.at.filter((at) => at > killedAt && at < restartAt)
    expect(silent).toEqual([])

    // What the page draws: one gap, as long as the server was silent.
    const remembered = widestGap(after.at)
    expect(remembered.fromMs).toBeLessThanOrEqual(killedAt)
    expect(remembered.lengthMs).toBeGreaterThanOrEqual(restartAt - killedAt)
    // A kill takes the last second from the history; the page still has what it was told in it.
    const told = cpuTimes(page).filter((at) => at > remembered.fromMs && at < restartAt)
    expect(told.length).toBeLessThanOrEqual(2)
    const silence = widestGap([...after.at, ...told].sort((a, b) => a - b))
    let found = 0
    const inked = await until(
      () => `a gap of ${silence.lengthMs} ms in the picture; it is ${found.toFixed(0)} ms long`,
      async () => {
        found = await inkGapMs()
        return Math.abs(found - silence.lengthMs) <= 1_500 ? found : undefined
      },
    )
    await page.getByRole('button', { name: 'Table view of the timeline' }).click()
    let gap = widestGap([])
    const drawn = await until(
      () => `a gap of ${silence.lengthMs} ms in the table; it is ${gap.lengthMs} ms long`,
      async () => {
        gap = widestGap(await drawnTimes())
        return Math.abs(gap.lengthMs - silence.lengthMs) <= 1_000 ? gap : undefined
      },
    )
    expect(Math.abs(drawn.fromMs - silence.fromMs)).toBeLessThanOrEqual(1_000)
    console.info(
      `down for ${restartAt - killedAt} ms, without samples for ${remembered.lengthMs} ms, ` +
        `of these ${told.length} told and not kept, ` +
        `drawn as ${inked.toFixed(0)} ms, in the table ${drawn.lengthMs} ms`,
    )

    // What the page has from before the kill and after it, it draws once: each row is a sample of its
    // own. The newest may be on the page before it is in the history.
    const times = await drawnTimes()
    const samples = [...(await history()).at, ...told]
      .sort((a, b) => a - b)
      .map((at) => Math.floor(at / 1_000) * 1_000)
    const known = times.filter((at) => at < (samples.at(-1) ?? 0))
    const tooMany = known.filter((at) => count(known, at) > count(samples, at))
    expect(tooMany).toEqual([])
    expect(times.filter((at) => at <= remembered.fromMs).length).toBeGreaterThanOrEqual(5)
  },
)

test('loaded anew, the same session shows the same gap from history', async () => {
  photographFailure(() => page)
  const remembered = widestGap((await history()).at)
  await page.reload()
  await pillSays(page, /Live/)
  await numberOn(page, 'CPU')
  await page.getByRole('button', { name: 'Table view of the timeline' }).click()
  await until('the gap on the page', async () => {
    const gap = widestGap(await drawnTimes())
    return Math.abs(gap.lengthMs - remembered.lengthMs) <= 1_000 ? gap : undefined
  })
})

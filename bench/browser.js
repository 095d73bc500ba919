/**
 * The system's Chromium for measurements, what its renderers cost, and small sums.
 * Source: Linux documentation, scheduler/sched-stats (nanoseconds on a processor, per thread).
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Launches the browser that CHROMIUM names, or the system's. */
export async function launch() {
  const executablePath = [process.env.CHROMIUM, ...PLACES].find((it) => it && existsSync(it))
  if (!executablePath) throw new Error('no Chromium found; set CHROMIUM')
  const asRoot = process.getuid() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath, args: ['--disable-gpu', '--disable-quic', ...asRoot] })
}

/** A context with a session, from `NAME=VALUE`. */
export async function signedIn(browser, url, cookie, viewport = { width: 1440, height: 900 }) {
  const context = await browser.newContext({ viewport })
  const [name, ...value] = cookie.split('=')
  await context.addCookies([{ name, value: value.join('='), url }])
  return context
}

/** Processor time of all renderers, and when it was read, in milliseconds. */
export async function rendererTime(browser) {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  let busyMs = 0
  for (const { id } of processInfo.filter(({ type }) => type === 'renderer')) {
    for (const thread of readdirSync(`/proc/${id}/task`)) {
      const text = readFileSync(`/proc/${id}/task/${thread}/schedstat`, 'utf8')
      busyMs += Number(text.split(' ')[0]) / 1e6
    }
  }
  return { busyMs, atMs: performance.now() }
}

/** Per cent of one core between two readings. */
export function percentBetween(before, after) {
  return (100 * (after.busyMs - before.busyMs)) / (after.atMs - before.atMs)
}

/** Bytes of live objects, after a collection. */
export async function heapBytes(page) {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await session.detach()
  return usedSize
}

/** The id of the host that the page's server runs on. */
export async function hostOf(page) {
  return page.evaluate(async () => (await (await fetch('/api/session')).json()).host)
}

/** The value below which so much of all lies; NaN of nothing. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

export const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000))

/** One line for whoever called, instead of a stack. */
export function failInOneLine() {
  process.on('uncaughtException', (error) => {
    console.error(error.message.split('\n')[0])
    process.exit(1)
  })
}

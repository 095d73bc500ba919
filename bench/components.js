/**
 * What the page's components cost a renderer, alone: fifty charts, a table of 500 rows.
 * Prints JSON. Usage: node components.js FOLDER SECONDS
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { failInOneLine, launch, pause, percentBetween, rendererTime } from './browser.js'

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
/** What starting costs is over by then. */
const SETTLING_S = 8

const [folder, seconds] = process.argv.slice(2)
failInOneLine()

const server = createServer((request, response) => {
  const path = normalize(new URL(request.url, 'http://localhost').pathname)
  try {
    const body = readFileSync(join(folder, path === '/' ? 'index.html' : path))
    response.writeHead(200, { 'content-type': TYPES[extname(path) || '.html'] ?? 'text/plain' })
    response.end(body)
  } catch {
    response.writeHead(404).end()
  }
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}/`

/** Long tasks are noted from the start, in milliseconds with the time at which they began. */
function noteLongTasks() {
  window.longTasks = []
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      window.longTasks.push({ startTime, duration })
    }
  }).observe({ type: 'longtask', buffered: true })
}

async function measure(what, ready, viewport) {
  const browser = await launch()
  const page = await browser.newPage({ viewport })
  await page.addInitScript(noteLongTasks)
  await page.goto(`${url}?${what}`)
  await page.waitForFunction(ready, undefined, { timeout: 20_000 })
  await pause(SETTLING_S)
  const from = await page.evaluate(() => performance.now())
  const before = await rendererTime(browser)
  await pause(Number(seconds))
  const after = await rendererTime(browser)
  const tasks = await page.evaluate(
    (start) => window.longTasks.filter(({ startTime }) => startTime >= start),
    from,
  )
  await browser.close()
  return {
    percent: percentBetween(before, after),
    long_tasks: tasks.length,
    longest_ms: Math.max(0, ...tasks.map(({ duration }) => duration)),
  }
}

const charts = await measure('charts', () => document.querySelectorAll('canvas').length >= 50, {
  width: 1600,
  height: 1400,
})
const table = await measure('table', () => document.querySelectorAll('tbody tr').length >= 20, {
  width: 1440,
  height: 900,
})
server.close()
console.info(JSON.stringify({ charts, table }))

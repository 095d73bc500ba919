/**
 * The list of users' own signals with nearly as many as there may be, while some of them move: how long
 * until it stands, what it costs the renderer, and how long the page is busy in one go.
 * Prints JSON. Usage: node signals_page.js http://ADDRESS NAME=COOKIE SECONDS
 */
import { failInOneLine, launch, pause, percentBetween, rendererTime, signedIn } from './browser.js'

/** A token publishes a hundred topics at most: as many programs as it takes. */
const PROGRAMS = 20
const TOPICS_EACH = 95
/** How many of them say something new each second, all of one program. */
const MOVING = 20
const SETTLING_S = 3

const [url, cookie, seconds] = process.argv.slice(2)
failInOneLine()

async function ask(path, headers, data) {
  const body = JSON.stringify(data)
  const answer = await fetch(url + path, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.json().catch(() => undefined)
}

/** One program's secret. */
async function joined(name) {
  const headers = { cookie, origin: url, 'content-type': 'application/json' }
  const { secret } = await ask('/api/tokens', headers, { name, role: 'publisher' })
  return { authorization: `Bearer ${secret}` }
}

/** So many topics of a program say a number. */
async function publish(program, headers, topics, value) {
  const all = Array.from({ length: topics }, (_, i) =>
    ask(`/api/publish/app/load/g${program}/s${i}`, headers, {
      kind: 'state',
      data: { value: value + i, share: i / topics },
    }),
  )
  await Promise.all(all)
}

function noteLongTasks() {
  window.longTasks = []
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(duration)
  }).observe({ type: 'longtask', buffered: true })
}

const secrets = []
for (let program = 0; program < PROGRAMS; program += 1) {
  secrets.push(await joined(`load-${program}`))
  await publish(program, secrets[program], TOPICS_EACH, program)
}

const browser = await launch()
const context = await signedIn(browser, url, cookie)
const page = await context.newPage()
await page.addInitScript(noteLongTasks)
const began = performance.now()
await page.goto(`${url}/signals`)
await page.getByText(/^1,90\d signals$/).waitFor()
const listedMs = performance.now() - began
await pause(SETTLING_S)
const loading = await page.evaluate(() => window.longTasks.splice(0))

const before = await rendererTime(browser)
for (let second = 0; second < Number(seconds); second += 1) {
  await publish(0, secrets[0], MOVING, second)
  await pause(1)
}
const after = await rendererTime(browser)
const moving = await page.evaluate(() => window.longTasks)
await browser.close()

console.info(
  JSON.stringify({
    listed_ms: listedMs,
    loading_longest_ms: Math.max(0, ...loading),
    moving_long_tasks: moving.length,
    moving_longest_ms: Math.max(0, ...moving),
    renderer_percent: percentBetween(before, after),
  }),
)

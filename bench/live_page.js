/**
 * The real page while values move: from the kernel's answer to the picture, what jumps, what the
 * renderer costs, how the heap grows, and how long a press of a key takes to be seen.
 *
 * A second page of the same browser subscribes for itself and notes each envelope's `ts` (when the
 * round read the kernel) and when it was received; the first page's numbers are watched from outside.
 * Browser and server are on one machine, so both clocks are one. Prints JSON.
 * Usage: node live_page.js http://ADDRESS NAME=COOKIE SECONDS
 */
import {
  failInOneLine,
  heapBytes,
  hostOf,
  launch,
  pause,
  percentBetween,
  quantile,
  rendererTime,
  signedIn,
} from './browser.js'

/** Tiles whose number moves with each round, and where it comes from. */
const TILES = { CPU: 'cpu', Memory: 'memory', Network: 'network' }
const SETTLING_S = 8
/** Interactions: as many sorts, and as many letters in the filter. */
const PRESSES = 25

const [url, cookie, seconds] = process.argv.slice(2)
failInOneLine()

/** Runs in the page before everything else. */
function watch() {
  window.seen = { shift: 0, longTasks: [], presses: {}, changes: {} }
  const each = (type, note, options) =>
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({
      type,
      buffered: true,
      ...options,
    })
  each('layout-shift', (entry) => {
    const isFeed = entry.sources.every(({ node }) => {
      const element = node instanceof Element ? node : node?.parentElement
      return element?.closest('ol')
    })
    if (!entry.hadRecentInput && !isFeed) window.seen.shift += entry.value
  })
  each('longtask', ({ duration }) => window.seen.longTasks.push(duration))
  each(
    'event',
    ({ interactionId, duration }) => {
      if (!interactionId) return
      const { presses } = window.seen
      presses[interactionId] = Math.max(presses[interactionId] ?? 0, duration)
    },
    { durationThreshold: 16 },
  )
}

/** Notes, in epoch milliseconds, when the number of a tile changed in the page. */
function noteChanges(titles) {
  for (const title of titles) {
    const heads = [...document.querySelectorAll('article h2')]
    const tile = heads.find((head) => head.textContent.trim() === title)?.closest('article')
    const times = (window.seen.changes[title] = [])
    if (!tile) continue
    new MutationObserver(() => {
      const at = Date.now()
      // When this frame is on its way to the screen.
      requestAnimationFrame(() => times.push([at, Date.now()]))
    }).observe(tile.querySelector('p'), { childList: true, characterData: true, subtree: true })
  }
}

/** Another subscriber of the same topics. */
function listen(topics) {
  window.heard = []
  const socket = new WebSocket(`ws://${window.location.host}/ws`, 'bellwether.v1')
  socket.onopen = () => socket.send(JSON.stringify({ op: 'subscribe', id: 1, topics }))
  socket.onmessage = ({ data }) => {
    const { topic, ts } = JSON.parse(data)
    if (topic && ts) window.heard.push({ name: topic.split('/').at(-1), ts, at: Date.now() })
  }
}

const browser = await launch()
const context = await signedIn(browser, url, cookie)
const page = await context.newPage()
await page.addInitScript(watch)
await page.goto(`${url}/`)
await page.waitForFunction(() => /\d\s*%/.test(document.querySelector('main')?.innerText ?? ''))
const listener = await context.newPage()
await listener.goto(`${url}/healthz`)
await listener.evaluate(
  listen,
  Object.values(TILES).map((name) => `host/*/${name}`),
)
await page.bringToFront()
await pause(SETTLING_S)

await page.evaluate(noteChanges, Object.keys(TILES))
const heapBefore = await heapBytes(page)
const busyBefore = await rendererTime(browser)
await pause(Number(seconds))
const busyAfter = await rendererTime(browser)
const heapAfter = await heapBytes(page)
const { changes, shift, longTasks } = await page.evaluate(() => window.seen)
const heard = await listener.evaluate(() => window.heard)
await listener.close()

/** Each change belongs to the newest envelope that was read before it. */
function latencies(title, name) {
  const rounds = heard.filter((one) => one.name === name)
  const all = []
  rounds.forEach(({ ts, at }, i) => {
    const next = rounds[i + 1]?.ts ?? Infinity
    const change = changes[title].find(([dom]) => dom >= ts && dom < next)
    if (change) all.push({ whole: change[0] - ts, way: at - ts, frame: change[1] - change[0] })
  })
  return all
}
const tiles = Object.entries(TILES).map(([title, name]) => [title, latencies(title, name)])
const every = tiles.flatMap(([, all]) => all)
const of = (part, share) =>
  quantile(
    every.map((one) => one[part]),
    share,
  )

// Interactions, while updates arrive.
await page.goto(`${url}/hosts/${await hostOf(page)}/processes`)
await page.getByRole('row').nth(10).waitFor()
await page.evaluate(() => (window.seen.presses = {}))
const heads = page.locator('thead button')
for (let i = 0; i < PRESSES; i += 1) {
  await heads.nth(i % 3).click()
  await pause(0.05)
}
const box = page.getByRole('searchbox').first()
await box.focus()
for (let i = 0; i < PRESSES; i += 1) {
  await box.press(i % 2 === 0 ? 'e' : 'Backspace')
  await pause(0.05)
}
await pause(0.5)
const presses = Object.values(await page.evaluate(() => window.seen.presses))
// What was quicker than 16 ms is not told; it counts as that.
while (presses.length < 2 * PRESSES) presses.push(16)
await browser.close()

console.info(
  JSON.stringify({
    latency: {
      samples: every.length,
      by_tile: Object.fromEntries(
        tiles.map(([title, all]) => [
          title,
          quantile(
            all.map(({ whole }) => whole),
            0.99,
          ),
        ]),
      ),
      p50_ms: of('whole', 0.5),
      p99_ms: of('whole', 0.99),
      to_socket_p50_ms: of('way', 0.5),
      to_socket_p99_ms: of('way', 0.99),
      frame_p50_ms: of('frame', 0.5),
    },
    cls: shift,
    long_tasks: longTasks.length,
    longest_ms: Math.max(0, ...longTasks),
    renderer_percent: percentBetween(busyBefore, busyAfter),
    heap_mb: heapAfter / 1e6,
    heap_growth_mb_per_hour: ((heapAfter - heapBefore) / 1e6 / Number(seconds)) * 3_600,
    inp_p98_ms: quantile(presses, 0.98),
    interactions: presses.length,
  }),
)

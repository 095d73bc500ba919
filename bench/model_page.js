/**
 * The page of a model while it is asked a thousand times a second: from a prediction to the table that
 * shows it, and from a label to the figure that it changes.
 *
 * The page's own socket is listened to, so that each prediction that the page is told of belongs to the
 * first change of the table after it came. Browser and server are on one machine, so both clocks are one.
 * Prints JSON.
 * Usage: node model_page.js http://ADDRESS NAME=COOKIE MODEL SECONDS FILE-OF-ROWS
 */
import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { failInOneLine, launch, pause, quantile, signedIn } from './browser.js'

const PER_SECOND = 1_000
const CONNECTIONS = 16
/** How often what is due is sent. */
const TICK_MS = 5
const SETTLING_S = 3
/** Labels whose way to the page is timed, and as many that stand before. */
const LABELS = 20
const LABELLED = 100
const PATIENCE_MS = 10_000

const [url, cookie, model, seconds, file] = process.argv.slice(2)
const rows = JSON.parse(readFileSync(file, 'utf8')).map((row) => JSON.stringify(row))
failInOneLine()

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })

function post(path, body) {
  return new Promise((resolve, reject) => {
    const headers = {
      cookie,
      origin: url,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const asked = request(`${url}${path}`, { method: 'POST', agent, headers }, (answer) => {
      let text = ''
      answer.on('data', (part) => (text += part))
      answer.on('end', () => {
        if (answer.statusCode < 300) resolve(JSON.parse(text))
        else reject(new Error(`${path}: ${answer.statusCode} ${text}`))
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Asks at the rate until the time is over; how many were asked in all. */
async function load(forSeconds) {
  const began = performance.now()
  const open = []
  let sent = 0
  while (performance.now() - began < forSeconds * 1_000) {
    const due = Math.floor(((performance.now() - began) * PER_SECOND) / 1_000)
    for (; sent < due; sent += 1)
      open.push(post(`/api/models/${model}/predict`, rows[sent % rows.length]))
    await pause(TICK_MS / 1_000)
  }
  await Promise.all(open)
  return sent / ((performance.now() - began) / 1_000)
}

/** Runs in the page before everything else: what its socket is told, and when. */
function listen() {
  window.told = []
  window.changes = []
  const Native = window.WebSocket
  window.WebSocket = class extends Native {
    constructor(...wanted) {
      super(...wanted)
      this.addEventListener('message', ({ data }) => {
        if (typeof data !== 'string' || !data.includes('/predictions"')) return
        const { topic, data: said } = JSON.parse(data)
        if (topic?.endsWith('/predictions') && said?.at_ms) {
          window.told.push({ at: said.at_ms, came: Date.now() })
        }
      })
    }
  }
}

function noteChanges() {
  const table = document.querySelector('table.stream, .stream table')
  new MutationObserver(() => window.changes.push(Date.now())).observe(table, {
    childList: true,
    characterData: true,
    subtree: true,
  })
}

const browser = await launch()
const context = await signedIn(browser, url, cookie)
const page = await context.newPage()
await page.addInitScript(listen)
const first = []
for (let i = 0; i < LABELLED; i += 1) {
  first.push(await post(`/api/models/${model}/predict`, rows[i % rows.length]))
}
const right = first.map(({ prediction_id: id, prediction }) => ({
  prediction_id: id,
  label: prediction,
}))
await post(`/api/models/${model}/feedback`, JSON.stringify({ labels: right }))
await page.goto(`${url}/models/${model}/live`)
const stream = page.locator('.stream').first()
await stream.waitFor()
// What nobody sees costs less.
await stream.evaluate((table) => table.scrollIntoView())

// Predictions.
await load(SETTLING_S)
await page.evaluate(noteChanges)
await page.evaluate(() => (window.told = []))
const rate = await load(Number(seconds))
await pause(0.5)
const { told, changes } = await page.evaluate(() => ({
  told: window.told,
  changes: window.changes,
}))
const shown = told.map(({ at, came }) => [at, came, changes.find((change) => change >= came)])
const seen = shown.filter(([, , change]) => change !== undefined)

// Labels: each turns a right one into a wrong one, so that the accuracy has to move.
const sentence = page.getByText(/was right in/).first()
await sentence.waitFor()
const ways = []
for (let i = 0; i < LABELS; i += 1) {
  const before = await sentence.textContent()
  const changed = page.evaluate(
    ([text, patience]) =>
      new Promise((resolve, reject) => {
        const now = () =>
          [...document.querySelectorAll('main *')].some(
            (one) => one.childElementCount === 0 && one.textContent.includes(text),
          )
        const watcher = new MutationObserver(() => {
          if (now()) return
          watcher.disconnect()
          resolve(Date.now())
        })
        watcher.observe(document.querySelector('main'), {
          childList: true,
          characterData: true,
          subtree: true,
        })
        setTimeout(() => reject(new Error('the accuracy did not move')), patience)
      }),
    [before.trim(), PATIENCE_MS],
  )
  const { prediction_id: id, label } = right[i]
  const wrong = label === 'yes' ? 'no' : 'yes'
  const sent = Date.now()
  await post(
    `/api/models/${model}/feedback`,
    JSON.stringify({ labels: [{ prediction_id: id, label: wrong }] }),
  )
  ways.push((await changed) - sent)
}
await browser.close()
agent.destroy()

const late = seen.map(([at, , change]) => change - at)
console.info(
  JSON.stringify({
    rate,
    told: told.length,
    to_socket_p99_ms: quantile(
      shown.map(([at, came]) => came - at),
      0.99,
    ),
    to_table_p50_ms: quantile(late, 0.5),
    to_table_p99_ms: quantile(late, 0.99),
    label_p50_ms: quantile(ways, 0.5),
    label_max_ms: Math.max(...ways),
  }),
)

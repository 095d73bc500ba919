/**
 * Opens the page in Chromium with a cold cache and prints, as JSON, how long it took until the first
 * live value was there, which files came before the load event, and which came after it.
 * Usage: node first_value.js http://ADDRESS NAME=COOKIE TRIES
 */
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const [url, cookie, tries] = process.argv.slice(2)
const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome']
const executablePath = places.find((place) => place && existsSync(place))
if (!executablePath) throw new Error('no Chromium found; set CHROMIUM')

/** Runs in the page before everything else: notes when the first percentage appears in main. */
function watch() {
  const look = () => {
    const main = document.querySelector('main')
    if (window.firstValueMs === undefined && /\d\s*%/.test(main?.innerText ?? '')) {
      window.firstValueMs = performance.now()
    }
  }
  new MutationObserver(look).observe(document, {
    childList: true,
    characterData: true,
    subtree: true,
  })
}

// One line for whoever called, instead of a stack.
process.on('uncaughtException', (error) => {
  console.error(error.message.split('\n')[0])
  process.exit(1)
})

const browser = await chromium.launch({
  executablePath,
  args: ['--disable-gpu', '--disable-quic', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])],
})
const firstValues = []
const assets = new Set()
const later = new Set()
const [name, ...value] = cookie.split('=')
for (let i = 0; i < Number(tries); i += 1) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  await context.addCookies([{ name, value: value.join('='), url }])
  await context.addInitScript(watch)
  const page = await context.newPage()
  let isLoaded = false
  page.on('load', () => (isLoaded = true))
  page.on('request', (request) => {
    if (!['document', 'script', 'stylesheet'].includes(request.resourceType())) return
    const { pathname } = new URL(request.url())
    ;(isLoaded ? later : assets).add(pathname)
  })
  await page.goto(`${url}/`)
  await page.waitForFunction(() => window.firstValueMs !== undefined, undefined, {
    timeout: 20_000,
  })
  firstValues.push(await page.evaluate(() => window.firstValueMs))
  // What is loaded without being asked for is loaded by now.
  await page.waitForLoadState('networkidle')
  await context.close()
}
await browser.close()
const after = [...later].filter((path) => !assets.has(path))
console.info(JSON.stringify({ first_value_ms: firstValues, assets: [...assets], later: after }))

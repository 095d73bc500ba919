/**
 * Opens the page in Chromium with a cold cache and prints, as JSON, how long it took until the first
 * live value was there, which files came before the load event, and which came after it.
 * Usage: node first_value.js http://ADDRESS NAME=COOKIE TRIES
 */
import { failInOneLine, launch, signedIn } from './browser.js'

const [url, cookie, tries] = process.argv.slice(2)
failInOneLine()

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

const browser = await launch()
const firstValues = []
const assets = new Set()
const later = new Set()
for (let i = 0; i < Number(tries); i += 1) {
  const context = await signedIn(browser, url, cookie)
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

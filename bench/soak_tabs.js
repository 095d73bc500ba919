/**
 * Three tabs that stay open until stdin ends; then prints the size of each tab's heap over time, in
 * megabytes, as JSON. Usage: node soak_tabs.js http://ADDRESS NAME=COOKIE
 */
import { failInOneLine, heapBytes, hostOf, launch, pause, signedIn } from './browser.js'

const EVERY_S = 10

const [url, cookie] = process.argv.slice(2)
failInOneLine()

let isOver = false
process.stdin.resume()
process.stdin.on('end', () => (isOver = true))

const browser = await launch()
const context = await signedIn(browser, url, cookie)
const tabs = []
for (let i = 0; i < 3; i += 1) tabs.push({ page: await context.newPage(), heap: [] })
await tabs[0].page.goto(`${url}/`)
const host = `${url}/hosts/${await hostOf(tabs[0].page)}`
await tabs[1].page.goto(`${host}/overview`)
await tabs[2].page.goto(`${host}/processes`)
while (!isOver) {
  // One after the other is in front, as with a person: a hidden tab draws nothing.
  for (const { page, heap } of tabs) {
    await page.bringToFront()
    heap.push((await heapBytes(page)) / 1e6)
    for (let i = 0; i < EVERY_S && !isOver; i += 1) await pause(1)
  }
}
await browser.close()
console.info(JSON.stringify(tabs.map(({ heap }) => heap)))
process.exit(0)

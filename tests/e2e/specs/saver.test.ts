/** Saving: what the page asks of the server, what it says, and that it stands still. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Watched,
  launchBrowser,
  openContext,
  photographFailure,
  watched,
} from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { change, numberOn, pillSays, tile } from '../harness/sights'
import { until } from '../harness/until'

let program: Program
let browser: Browser
let state: Awaited<ReturnType<typeof firstSignIn>>

async function firstSignIn() {
  const context = await openContext(browser)
  await (await watched(context)).goto(program.link)
  const kept = await context.storageState()
  await context.close()
  return kept
}

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  state = await firstSignIn()
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

/** A page whose browser tells of a battery, and what it sent. */
async function onBattery(battery?: { level: number; charging: boolean }) {
  const context = await openContext(browser)
  await context.addCookies(state.cookies)
  if (battery) {
    await context.addInitScript((told) => {
      const one = Object.assign(new EventTarget(), told)
      Object.assign(window, { battery: one })
      Object.defineProperty(navigator, 'getBattery', { value: () => Promise.resolve(one) })
    }, battery)
  }
  const page = await watched(context)
  photographFailure(() => page)
  const sent: string[] = []
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => sent.push(String(payload))),
  )
  await page.goto(program.url)
  await numberOn(page, 'CPU')
  return { context, page, sent }
}

const moving = (page: Watched): Promise<number> =>
  page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length)

/** Until the server has kept this choice: the next page is of the same person. */
async function patched(page: Watched, choice: { energy: string }): Promise<void> {
  const answer = await page.waitForResponse(
    (one) => one.request().postData() === JSON.stringify(choice),
  )
  expect(answer.ok()).toBe(true)
}

const asksFor = (sent: readonly string[]): number | undefined =>
  sent
    .flatMap((text) => {
      const { interval_ms } = JSON.parse(text) as { interval_ms?: number }
      return interval_ms === undefined ? [] : [interval_ms]
    })
    .at(-1)

test('Saver asks for 5 s, says so, and stands still; Full goes on', async () => {
  const { context, page, sent } = await onBattery({ level: 1, charging: true })
  await page.getByText('Saver', { exact: true }).click()
  await pillSays(page, /Live, saver/)
  await until('the wish for 5 s', () => (asksFor(sent) === 5_000 ? true : undefined))
  await until('no motion', async () => ((await moving(page)) === 0 ? true : undefined))
  await change('the CPU tile', () => tile(page, 'CPU').textContent())
  expect(await moving(page)).toBe(0)
  await page.getByText('Full', { exact: true }).click()
  await pillSays(page, /^Live \d/)
  await until('the usual wish', () => (asksFor(sent) === 100 ? true : undefined))
  await until('strips that move', async () => ((await moving(page)) > 0 ? true : undefined))
  const kept = patched(page, { energy: 'auto' })
  await page.getByText('Auto', { exact: true }).click()
  await kept
  expect(page.seen.troubles).toEqual([])
  await context.close()
})

test('Auto saves when the battery runs low, until it is charged again', async () => {
  const { context, page } = await onBattery({ level: 0.5, charging: false })
  await pillSays(page, /^Live \d/)
  const become = (battery: { level: number; charging: boolean }): Promise<void> =>
    page.evaluate((told) => {
      const { battery: one } = window as unknown as { battery: EventTarget }
      Object.assign(one, told)
      one.dispatchEvent(new Event('levelchange'))
    }, battery)
  await become({ level: 0.19, charging: false })
  await pillSays(page, /Live, saver/)
  await become({ level: 0.19, charging: true })
  await pillSays(page, /^Live \d/)
  await context.close()
})

test('the choice is the person’s, not the browser’s', async () => {
  const first = await onBattery()
  const kept = patched(first.page, { energy: 'saver' })
  await first.page.getByText('Saver', { exact: true }).click()
  await kept
  await first.context.close()
  const second = await onBattery()
  await pillSays(second.page, /Live, saver/)
  await second.context.close()
})

/**
 * Users' own signals, whole: published by HTTP, on the page at once, a chart that moves, a rule made on the
 * page that fires, the page of its alert. And the list with 2,000 topics, and axe on each page.
 */

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaintsInBothThemes } from '../harness/axe'
import {
  SIZES,
  type Size,
  type Watched,
  launchBrowser,
  openContext,
  photographFailure,
  signedIn,
  watched,
} from '../harness/browser'
import { alertOf, publish, publisherToken } from '../harness/own-signals'
import { type Program, startProgram } from '../harness/program'
import { pillSays } from '../harness/sights'
import { until } from '../harness/until'

const ORDERS = 'app/shop/orders'

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

test('without signals the page teaches how to publish one', async () => {
  photographFailure(() => page)
  await page.goto(`${program.url}/hosts`)
  await page.getByRole('link', { name: 'Own signals' }).click()
  const card = page.getByRole('region', { name: 'Publish your first signal' })
  await card.getByText(`curl ${program.url}/api/publish/app/shop/orders`).waitFor()
  await card.getByLabel('Language').selectOption('Python')
  await card.getByText('from bellwether_client import Client').waitFor()
})

test('what is published is on the page at once, and its chart moves', async () => {
  photographFailure(() => page)
  await publish(context.request, program, ORDERS, { waiting: 12, busy: false })
  const group = page.getByRole('region', { name: 'Signals of shop' })
  await group.getByText('12', { exact: true }).waitFor()
  await publish(context.request, program, 'app/jobs', { job: 7, said: 'done' }, { kind: 'event' })
  await page
    .getByRole('region', { name: 'Signals of jobs' })
    .getByText('job 7, said done')
    .waitFor()

  await group.getByRole('link', { name: 'shop/orders' }).click()
  await page.getByRole('heading', { level: 1, name: 'shop/orders' }).waitFor()
  const now = page.getByRole('region', { name: 'Now' })
  await now.getByRole('row', { name: /busy/ }).getByText('no', { exact: true }).waitFor()
  const chart = page.getByRole('region', { name: 'waiting' })
  await chart.locator('canvas').first().waitFor()
  await publish(context.request, program, ORDERS, { waiting: 40 })
  await now
    .getByRole('row', { name: /waiting/ })
    .getByText('40', { exact: true })
    .waitFor()
  // The legend reads the newest row of the chart.
  await chart.getByText('40', { exact: true }).first().waitFor()
})

test('a rule that is made on the page is tested, fires, and is over', async () => {
  photographFailure(() => page)
  await page.getByRole('link', { name: 'Make an alert of waiting' }).first().click()
  await page.getByRole('heading', { level: 1, name: 'New rule' }).waitFor()
  const series = page.getByLabel('Series')
  expect(await series.inputValue()).toBe(`${ORDERS}/waiting`)
  await page.getByText('Would fire now for 0 of 1.').waitFor()
  await page.getByLabel('Warning above').fill('10')
  await page.getByText('Would fire now for 1 of 1.').waitFor()
  await page.getByLabel('Title').fill('Queue is long')
  await page.getByRole('button', { name: 'Add the rule' }).click()
  await page.getByRole('link', { name: 'Edit Queue is long' }).waitFor()

  const notices = page.getByRole('region', { name: 'Notifications' })
  await notices.getByText('shop: waiting is 40, over 10.').waitFor()
  await notices.getByRole('button', { name: 'Open' }).click()
  await page.getByRole('heading', { level: 2, name: 'Queue is long on shop' }).waitFor()
  await page.getByText('Fired as warning at 40.').waitFor()
  await page.getByRole('button', { name: 'Acknowledge' }).click()
  await page.getByText('admin acknowledged it.').waitFor()
  await publish(context.request, program, ORDERS, { waiting: 3 })
  await page.getByText('Over by itself at 3.').waitFor()
  await page.getByRole('link', { name: 'Open the signal at that time' }).waitFor()

  await page.getByRole('link', { name: 'Edit the rule' }).click()
  await page.getByLabel('Lasting, in seconds').fill('30')
  await page.getByRole('button', { name: 'Save the rule' }).click()
  const row = page.getByRole('row', { name: /Queue is long/ })
  await row.getByText('30 s').waitFor()
  await row.getByRole('button', { name: 'Delete Queue is long' }).click()
  await row.waitFor({ state: 'detached' })
  await notices.getByRole('button', { name: 'Undo' }).click()
  await row.waitFor()
})

test('a number is pinned to Now', async () => {
  photographFailure(() => page)
  await page.goto(`${program.url}/signals/shop/orders`)
  await pillSays(page, /Live/)
  await page.getByRole('button', { name: 'Export waiting' }).click()
  await page.getByRole('menuitem', { name: 'Pin to Now' }).click()
  await page.getByText('waiting of shop/orders is pinned to Now.').last().waitFor()
  await page.goto(program.url)
  await page.getByRole('region', { name: 'waiting of shop/orders' }).waitFor()
  await page.getByRole('button', { name: 'Unpin waiting of shop/orders from Now' }).click()
})

for (const size of Object.keys(SIZES) as Size[]) {
  test(`axe finds nothing on these pages, both themes, ${String(SIZES[size].width)} px`, async () => {
    const id = await until('the alert to be over', () =>
      alertOf(context.request, program, 'queue_is_long', 'resolved'),
    )
    const device = await openContext(browser, { size, reducedMotion: true })
    const { cookies } = await context.storageState()
    await device.addCookies(cookies)
    const one = await watched(device)
    const found: string[] = []
    for (const path of [
      '/signals',
      '/signals/shop/orders',
      '/signals/jobs',
      '/signals/nobody/here',
      `/alerts/rules/new?series=${ORDERS}/waiting`,
      '/alerts/rules',
      `/alerts/${id}`,
    ]) {
      await one.goto(program.url + path)
      await one.getByRole('heading', { level: 1 }).waitFor()
      await pillSays(one, /Live/)
      for (const complaint of await complaintsInBothThemes(one)) found.push(`${path}: ${complaint}`)
    }
    expect([...found, ...one.seen.troubles]).toEqual([])
    await device.close()
  }, 120_000)
}

test('of 2,000 topics some are shown, more when asked for, and each is found', async () => {
  photographFailure(() => page)
  // A token publishes a hundred at once: as many programs as it takes.
  const topics = Array.from(
    { length: 1_900 },
    (_, i) => `app/load/g${String(i % 10)}/s${String(i)}`,
  )
  for (let first = 0; first < topics.length; first += 95) {
    const secret = await publisherToken(context.request, program)
    const headers = { authorization: `Bearer ${secret}` }
    const sent = topics.slice(first, first + 95).map(async (topic, i) => {
      const data = { value: first + i, share: i / 95 }
      const body = JSON.stringify({ kind: 'state', data })
      const url = `${program.url}/api/publish/${topic}`
      const answer = await fetch(url, { method: 'POST', headers, body })
      if (!answer.ok) throw new Error(await answer.text())
    })
    await Promise.all(sent)
  }
  await page.goto(`${program.url}/signals`)
  await page.getByText(/1,90\d signals/).waitFor()
  // What is not shown costs nothing; `make bench` tells how long the page is busy with it.
  const shown = page.getByRole('region', { name: /^Signals of/ }).getByRole('listitem')
  await until('sixty of them', async () => ((await shown.count()) === 60 ? true : undefined))
  await page.getByRole('button', { name: /^Show 60 more of 1,90\d$/ }).click()
  await until('sixty more', async () => ((await shown.count()) === 120 ? true : undefined))
  await page.getByLabel('Filter signals').fill('g3/s1233')
  await page.getByText(/1 of 1,90\d signals/).waitFor()
  await page.getByRole('link', { name: 'load/g3/s1233' }).waitFor()
}, 180_000)

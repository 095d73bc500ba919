/** What is told without asking: notices, the window's title and icon; and cards that fail alone. */

import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaintsInBothThemes } from '../harness/axe'
import {
  type Size,
  type Watched,
  launchBrowser,
  openContext,
  photographFailure,
  watched,
} from '../harness/browser'
import { hostOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { numberOn, pillSays, settingsRead } from '../harness/sights'
import { until } from '../harness/until'

let program: Program
let browser: Browser
let cookies: Parameters<Awaited<ReturnType<typeof openContext>>['addCookies']>[0]
let host: string

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  const context = await openContext(browser)
  await (await watched(context)).goto(program.link)
  host = await hostOf(context, program)
  cookies = await context.cookies()
  await context.close()
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

interface Told {
  readonly kind: string
  readonly severity: string
  readonly text: string
}

/** A page, and a way to let the server tell it of something, as the server would. */
async function open(view: { size?: Size } = {}) {
  const context = await openContext(browser, view)
  await context.addCookies(cookies)
  const page = await watched(context)
  photographFailure(() => page)
  let send: ((text: string) => void) | undefined
  await page.routeWebSocket(/\/ws/, (socket) => {
    const server = socket.connectToServer()
    server.onMessage((message) => socket.send(message))
    socket.onMessage((message) => server.send(message))
    send = (text) => socket.send(text)
  })
  await page.goto(program.url)
  await numberOn(page, 'CPU')
  const region = page.getByRole('region', { name: 'Notifications' })
  await region.waitFor({ state: 'attached' })
  let offset = 0
  const tell = (told: Told): void => {
    offset += 1
    const data = { id: `01999999-0000-7000-8000-${String(offset).padStart(12, '0')}`, ...told }
    const envelope = { topic: 'activity', type: 'event', ts: Date.now(), epoch: 9, offset, data }
    send?.(JSON.stringify(envelope))
  }
  return { context, page, region, tell }
}

const titleOf = (page: Watched): Promise<string> => page.title()

test('warnings of the server are told once each and counted; information is not', async () => {
  const { context, region, tell } = await open()
  tell({ kind: 'signed_in', severity: 'info', text: 'Somebody signed in.' })
  tell({ kind: 'sign_in_refused', severity: 'warning', text: 'A sign-in was refused.' })
  tell({ kind: 'sign_in_refused', severity: 'warning', text: 'A sign-in was refused again.' })
  tell({ kind: 'health_changed', severity: 'critical', text: 'The store is full.' })
  await region.getByText('A sign-in was refused again. (2 times)').waitFor()
  await region.getByText('The store is full.').waitFor()
  expect(await region.getByText('Somebody signed in.').count()).toBe(0)
  await context.close()
})

for (const size of ['wide', 'phone'] as const) {
  test(`axe is content with notices, both themes, ${size}`, async () => {
    const { context, page, region, tell } = await open({ size })
    tell({ kind: 'sign_in_refused', severity: 'warning', text: 'A sign-in was refused.' })
    tell({ kind: 'health_changed', severity: 'critical', text: 'Something critical happened.' })
    await region.getByText('Something critical').waitFor()
    // Whoever stands in them stops their clock.
    await region.getByRole('button').last().focus()
    expect(await complaintsInBothThemes(page)).toEqual([])
    const small = await region.getByRole('button').evaluateAll(
      (all, least) => {
        const sizes = all.map((one) => one.getBoundingClientRect())
        return sizes.filter(({ width, height }) => Math.min(width, height) < least).length
      },
      size === 'phone' ? 44 : 24,
    )
    expect(small).toBe(0)
    await context.close()
  })
}

test('nobody who wants none is told', async () => {
  const { context, page, region, tell } = await open()
  await page.request.patch(`${program.url}/api/settings`, {
    data: { toasts: 'critical' },
    headers: { 'content-type': 'application/merge-patch+json', origin: program.url },
  })
  await settingsRead(page, () => page.reload())
  await numberOn(page, 'CPU')
  await region.waitFor({ state: 'attached' })
  tell({ kind: 'sign_in_refused', severity: 'warning', text: 'A sign-in was refused.' })
  tell({ kind: 'health_changed', severity: 'critical', text: 'The store is full.' })
  await region.getByText('The store is full.').waitFor()
  expect(await region.getByText('A sign-in was refused.').count()).toBe(0)
  await context.close()
})

test('the title counts what is wrong, the icon shows the worst, and both know nothing offline', async () => {
  const { context, page } = await open()
  const icon = (): Promise<string | null> => page.locator('link[rel="icon"]').getAttribute('href')
  // Whether something is wrong depends on the machine: title and icon have to agree.
  await until('title and icon to agree', async () => {
    const wrong = /^\(\d+\) Now · Bellwether$/.test(await titleOf(page))
    const calm = (await titleOf(page)) === 'Now · Bellwether'
    const shown = await icon()
    if (wrong) return shown === '/favicon-warn.svg' || shown === '/favicon-crit.svg' || undefined
    return (calm && shown === '/favicon.svg') || undefined
  })
  const answer = await page.request.get(`${program.url}/favicon-unknown.svg`)
  expect(answer.headers()['content-type']).toContain('svg')
  await program.kill()
  await until('an icon that knows nothing', async () =>
    (await icon()) === '/favicon-unknown.svg' ? true : undefined,
  )
  await program.restart()
  await context.close()
})

test('a chart that fails fails alone, and can be tried again', async () => {
  const context = await openContext(browser)
  await context.addCookies(cookies)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await context.addInitScript(() => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the canvas below
    const draws = HTMLCanvasElement.prototype.getContext
    Object.assign(window, { broken: true })
    HTMLCanvasElement.prototype.getContext = function (
      this: HTMLCanvasElement,
      ...args: unknown[]
    ) {
      const { broken } = window as unknown as { broken: boolean }
      if (broken && args[0] === '2d') throw new Error('the canvas is gone')
      return Reflect.apply(draws, this, args) as null
    } as typeof draws
  })
  const page = await watched(context)
  photographFailure(() => page)
  await page.goto(`${program.url}/hosts/${host}/overview`)
  const card = page.getByRole('region', { name: 'Memory and swap' })
  await card.getByText('This chart failed.').waitFor()
  await card.getByText('the canvas is gone').waitFor()
  // The page survives: its answer, its tables, its clock.
  await page.getByRole('region', { name: 'File systems' }).getByRole('table').waitFor()
  await pillSays(page, /Live/)
  expect(await complaintsInBothThemes(page)).toEqual([])
  await card.getByRole('button', { name: 'Copy details' }).click()
  await page.getByText('Details copied.').first().waitFor()
  const details = await page.evaluate(() => navigator.clipboard.readText())
  expect(details).toContain('chart failed: Memory and swap')
  expect(details).toContain('the canvas is gone')
  await page.evaluate(() => Object.assign(window, { broken: false }))
  const canvas: Locator = card.locator('canvas')
  await card.getByRole('button', { name: 'Retry' }).click()
  await canvas.first().waitFor()
  await context.close()
})

/** Getting in: the link works once, and whoever has none is told what to do. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openContext, signedIn, watched } from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { pillSays } from '../harness/sights'

let program: Program
let browser: Browser

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

test('the link leads to Now, signed in; a second time it does not', async () => {
  const { context, page } = await signedIn(browser, program)
  await page.getByRole('heading', { level: 1, name: 'Now' }).waitFor()
  await pillSays(page, /Live/)
  expect(new URL(page.url()).pathname).toBe('/')
  expect(page.url()).not.toContain('code=')
  const [cookie] = await context.cookies()
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' })
  expect(cookie?.name).toMatch(/^bellwether_session/)
  await page.reload()
  await pillSays(page, /Live/)
  await context.close()

  const other = await openContext(browser)
  const again = await watched(other)
  await again.goto(program.link)
  const session = await other.request.get(`${program.url}/api/session`)
  expect(session.status()).toBe(401)
  expect(await other.cookies()).toEqual([])
  await again.getByText(/prints a new link/).waitFor()
  await other.close()
})

test('without a session the page says what to do, and nothing else is told', async () => {
  const context = await openContext(browser)
  const page = await watched(context)
  await page.goto(program.url)
  await page.getByText('prints a new link').first().waitFor()
  await page.getByRole('heading', { level: 1 }).waitFor()
  expect(page.seen.frames).toEqual([])
  for (const path of ['/api/session', '/api/topics?topics=**', '/api/series?names=host/a/cpu']) {
    const answer = await context.request.get(program.url + path)
    expect(answer.status(), path).toBe(401)
  }
  await context.close()
})

test('the page keeps to its own origin and its policy', async () => {
  const context = await openContext(browser)
  const page = await watched(context)
  const answer = await page.goto(program.url)
  const policy = answer?.headers()['content-security-policy'] ?? ''
  expect(policy).toContain("default-src 'self'")
  expect(policy).not.toContain('unsafe-')
  await page.getByRole('heading', { level: 1 }).waitFor()
  const elsewhere = page.seen.requests.filter((one) => !one.includes(` ${program.url}/`))
  expect(elsewhere).toEqual([])
  await context.close()
})

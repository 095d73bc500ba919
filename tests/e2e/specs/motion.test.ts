/** Who asks for less motion gets values without motion; others get moving strips. */

import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Watched, launchBrowser, openContext, watched } from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { change, numberOn, tile } from '../harness/sights'
import { until } from '../harness/until'

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

/** Animations and transitions that move something now. */
const moving = (page: Watched): Promise<number> =>
  page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length)

test('strips move, unless less motion is asked for', async () => {
  const context = await openContext(browser)
  const page = await watched(context)
  await page.goto(program.link)
  await numberOn(page, 'CPU')
  await until('a strip to move', async () => ((await moving(page)) > 0 ? true : undefined))

  const still = await openContext(browser, { reducedMotion: true })
  await still.addCookies(await context.cookies())
  const calm = await watched(still)
  await calm.goto(program.url)
  await numberOn(calm, 'CPU')
  for (let i = 0; i < 3; i += 1) {
    await change('the CPU tile', () => tile(calm, 'CPU').textContent())
    expect(await moving(calm)).toBe(0)
  }
  await context.close()
  await still.close()
})

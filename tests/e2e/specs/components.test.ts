/**
 * The page of all components, as `npm run dev` serves it: each has a specimen, each is there and fits its
 * place, in both themes, wide and narrow; axe is content. No pictures are compared: they are looked at.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { complaintsOf } from '../harness/axe'
import {
  type Size,
  type Theme,
  launchBrowser,
  openContext,
  photographFailure,
  watched,
} from '../harness/browser'
import { until } from '../harness/until'

let server: ChildProcess
let url: string
let browser: Browser

beforeAll(async () => {
  server = spawn(
    process.execPath,
    ['../node_modules/vite/bin/vite.js', '--host', '127.0.0.1', '--port', '0'],
    {
      cwd: 'web',
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  if (!server.stdout) throw new Error('the development server has no output')
  for await (const line of createInterface({ input: server.stdout })) {
    const told = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (told === undefined) continue
    url = told
    break
  }
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
  server.kill('SIGTERM')
})

async function open(theme: Theme, size: Size) {
  const context = await openContext(browser, { theme, size, reducedMotion: true })
  const page = await watched(context)
  photographFailure(() => page)
  await page.goto(`${url}/dev/components`)
  await page.getByRole('heading', { level: 1, name: 'Components' }).waitFor()
  await until('the drawings', async () => {
    const charts = await page.locator('[data-of="LineChart"]').count()
    for (let i = 0; i < charts; i += 1) {
      const chart = page.locator('[data-of="LineChart"]').nth(i)
      await chart.scrollIntoViewIfNeeded()
      if ((await chart.locator('canvas').count()) === 0) return undefined
    }
    return charts > 0 ? true : undefined
  })
  return { context, page }
}

for (const theme of ['dark', 'light'] as const) {
  for (const size of ['wide', 'phone'] as const) {
    test(`every component is there and fits, ${theme} ${size}`, async () => {
      const { context, page } = await open(theme, size)
      expect(await page.locator('[data-missing]').allTextContents()).toEqual([])
      const wrong = await page.locator('[data-of]').evaluateAll((all) =>
        all.flatMap((one) => {
          const stage = one.querySelector<HTMLElement>('.stage')
          const name = one.querySelector('figcaption')?.textContent
          if (!stage || stage.offsetHeight === 0) return [`${String(name)} shows nothing`]
          return stage.scrollWidth > stage.clientWidth + 1 ? [`${String(name)} does not fit`] : []
        }),
      )
      expect(wrong).toEqual([])
      // Many of a kind stand on one page here, and only here.
      const found = await complaintsOf(page)
      expect(found.filter((one) => !one.startsWith('landmark-unique'))).toEqual([])
      // The one that is made to fail says so, once.
      const others = page.seen.troubles.filter((one) => !one.includes('Made to fail'))
      expect(others).toEqual([])
      const folder = process.env.SCREENSHOTS
      if (folder !== undefined) {
        await page.screenshot({ path: `${folder}/components-${theme}-${size}.png`, fullPage: true })
      }
      await context.close()
    })
  }
}

/**
 * The system's Chromium, and pages that remember what went wrong in them.
 * Enters: size, theme, motion. Leaves: a page, its errors, its requests and its socket frames.
 */

import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core'
import { onTestFailed } from 'vitest'
import type { Program } from './program'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/**
 * PAGE_FROM=web/dist: the page as it was built last, without building the program anew. For looking
 * while one works; a run that counts goes without it, and sees what the program really serves.
 */
const { PAGE_FROM } = process.env
/**
 * SLOW_MS=800: every part of the page and every answer comes that much later, up to twice as much. What
 * only works because something is quick shows at once, which takes many runs on a busy machine.
 */
const { SLOW_MS } = process.env

/** Launches the browser that CHROMIUM names, or the system's. */
export async function launchBrowser(): Promise<Browser> {
  const named = process.env.CHROMIUM
  const executablePath = named ?? PLACES.find((place) => existsSync(place))
  if (executablePath === undefined) {
    throw new Error('no Chromium found; install it (apt-get install chromium) or set CHROMIUM')
  }
  const isRoot = process.getuid?.() === 0
  return chromium.launch({
    executablePath,
    args: [
      // The sandbox needs a user; as root Chromium refuses to start with it.
      ...(isRoot ? ['--no-sandbox'] : []),
      // A page that the harness hands out has no address, and may not speak to loopback otherwise.
      ...(PAGE_FROM === undefined ? [] : ['--disable-features=LocalNetworkAccessChecks']),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

export type Theme = 'dark' | 'light'

/** Sizes that the page is judged at (UX.md section 5). */
export const SIZES = {
  wide: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const
export type Size = keyof typeof SIZES

export interface View {
  readonly theme?: Theme
  readonly size?: Size
  readonly reducedMotion?: boolean
}

/** A context that looks like one person's device. */
export async function openContext(browser: Browser, view: View = {}): Promise<BrowserContext> {
  const size = view.size ?? 'wide'
  const context = await browser.newContext({
    viewport: SIZES[size],
    hasTouch: size === 'phone',
    isMobile: size === 'phone',
    colorScheme: view.theme ?? 'dark',
    reducedMotion: view.reducedMotion === true ? 'reduce' : 'no-preference',
    locale: 'en-GB',
  })
  if (PAGE_FROM !== undefined) await servePage(context, PAGE_FROM)
  if (SLOW_MS !== undefined) await slowDown(context, Number(SLOW_MS))
  return context
}

async function slowDown(context: BrowserContext, ms: number): Promise<void> {
  let asked = 0
  await context.route(/\/(assets|api)\//, async (route) => {
    // Not all alike: what is asked for later may come earlier.
    asked += 1
    await new Promise((resolve) => setTimeout(resolve, ms * (1 + (asked % 5) / 4)))
    await route.continue().catch(() => undefined)
  })
}

async function servePage(context: BrowserContext, folder: string): Promise<void> {
  await context.route(
    (url) => !/^\/(api|ws|sign-in)/.test(url.pathname),
    (route) => {
      const { pathname } = new URL(route.request().url())
      const file = join(folder, pathname)
      const isFile = pathname.length > 1 && existsSync(file)
      return route.fulfill({ path: isFile ? file : join(folder, 'index.html') })
    },
  )
}

/** A context with a session: signed in by the link, as a person is. */
export async function signedIn(
  browser: Browser,
  program: Program,
  view: View = {},
): Promise<{ context: BrowserContext; page: Watched }> {
  const context = await openContext(browser, view)
  const page = await watched(context)
  await page.goto(program.link)
  return { context, page }
}

export type Watched = Page & { readonly seen: Seen }

export interface Seen {
  /** Errors of scripts, of the console and of the content security policy, in order. */
  readonly troubles: string[]
  /** Method and address of each HTTP request, in order. */
  readonly requests: string[]
  /** Frames that came through WebSockets, in order. */
  readonly frames: string[]
}

/** What the page looked like when a test failed: `target/test/NAME.png`, beside the logs. */
export function photographFailure(page: () => Page): void {
  onTestFailed(async ({ task }) => {
    const folder = join(process.env.CARGO_TARGET_DIR ?? 'target', 'test')
    await mkdir(folder, { recursive: true })
    const path = join(folder, `${task.name.replace(/[^a-z0-9]+/gi, '-')}.png`)
    await page().screenshot({ path, fullPage: true })
    console.error(`the page as it was: ${path}`)
  })
}

/** A new page whose errors, requests and frames are noted from the start. */
export async function watched(context: BrowserContext): Promise<Watched> {
  const page = await context.newPage()
  const troubles: string[] = []
  const requests: string[] = []
  const frames: string[] = []
  page.on('pageerror', (error) => troubles.push(`script: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      troubles.push(`console: ${message.text()}`)
    }
  })
  page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`))
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => frames.push(String(payload)))
  })
  return Object.assign(page, { seen: { troubles, requests, frames } })
}

/**
 * Where the page is photographed: a program, a browser that is signed in, and each view of a page. From the
 * environment: SCREENSHOTS names the folder, ONLY some of the photographs, VIEWS some of
 * `dark-wide,dark-phone,light-wide,light-phone`.
 */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, BrowserContext } from 'playwright-core'
import {
  type Size,
  type Theme,
  type View,
  type Watched,
  launchBrowser,
  openContext,
  watched,
} from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { pillSays } from '../harness/sights'

const FOLDER = process.env.SCREENSHOTS ?? 'target/screenshots'
const ONLY = process.env.ONLY?.split(',')
const VIEWS = process.env.VIEWS?.split(',')
const THEMES: readonly Theme[] = ['dark', 'light']
const SIZES: readonly Size[] = ['wide', 'phone']

export interface Studio {
  readonly program: Program
  readonly browser: Browser
  /** The administrator's. */
  readonly context: BrowserContext
  close(): Promise<void>
}

export async function openStudio(): Promise<Studio> {
  await mkdir(FOLDER, { recursive: true })
  const program = await startProgram()
  const browser = await launchBrowser()
  const context = await openContext(browser)
  await (await watched(context)).goto(program.link)
  const close = async (): Promise<void> => {
    await browser.close()
    await program.stop()
  }
  return { program, browser, context, close }
}

/** Whether ONLY leaves it in. */
export const isWanted = (name: string): boolean => ONLY === undefined || ONLY.includes(name)

/** Those of `pages` that ONLY leaves in. */
export function wantedOf<T>(pages: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(pages).filter(([name]) => isWanted(name))
}

export const file = (name: string): string => join(FOLDER, `${name}.png`)

/** `take` with a device of each theme and size, signed in as `who` is; `view` is part of a file's name. */
export async function inEachView(
  studio: Studio,
  take: (device: BrowserContext, view: string) => Promise<void>,
  who: BrowserContext = studio.context,
  more: View = {},
): Promise<void> {
  const { cookies } = await who.storageState()
  for (const theme of THEMES) {
    for (const size of SIZES) {
      const view = `${theme}-${size}`
      if (VIEWS && !VIEWS.includes(view)) continue
      const device = await openContext(studio.browser, { ...more, theme, size })
      await device.addCookies(cookies)
      await take(device, view)
    }
  }
}

/** Opens `path` and waits until the page is there and live. */
export async function visit(page: Watched, program: Program, path: string): Promise<void> {
  await page.goto(program.url + path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await pillSays(page, /Live/)
}

/** Where things are on the page, by role and name, as somebody finds them who does not see it. */

import type { Locator, Page } from 'playwright-core'
import type { Watched } from './browser'
import { until } from './until'

/** The button at the bottom right that says how the page is connected. */
export function pill(page: Page): Locator {
  return page.getByRole('button', { name: /Connecting|Live|Reconnecting|Offline/ }).last()
}

/** Waits until the pill says something. */
export async function pillSays(page: Page, words: RegExp, deadlineMs?: number): Promise<string> {
  let said = 'nothing'
  return until(
    () => `the pill to say ${String(words)}; it says ${said}`,
    async () => {
      said = ((await pill(page).textContent()) ?? '').trim()
      return words.test(said) ? said : undefined
    },
    deadlineMs,
  )
}

/** The tile with this title on Now or a host's overview. */
export function tile(page: Page, title: string): Locator {
  return page
    .getByRole('article')
    .filter({ has: page.getByRole('heading', { name: title, exact: true }) })
}

/** The value on a tile, without its note and strip. */
export async function valueOn(page: Page, title: string): Promise<string | null> {
  const value = tile(page, title).locator('p').first()
  return (await value.count()) === 0 ? null : value.textContent()
}

/** Waits until the tile shows a number, and returns its text. */
export async function numberOn(page: Page, title: string): Promise<string> {
  return until(`a number on the tile ${title}`, async () => {
    const text = await valueOn(page, title)
    return text !== null && /\d/.test(text) ? text : undefined
  })
}

/** Waits until what `read` returns is something else than it was. */
export async function change(what: string, read: () => Promise<string | null>): Promise<string> {
  const before = await read()
  return until(`${what} to change from ${JSON.stringify(before)}`, async () => {
    const now = await read()
    return now !== null && now !== before ? now : undefined
  })
}

/** Loads the page, until it was told what the person chose; until then it is as shipped. */
export async function settingsRead(page: Page, load: () => Promise<unknown>): Promise<void> {
  const told = page.waitForResponse(
    (one) => one.url().endsWith('/api/settings') && one.request().method() === 'GET',
  )
  await load()
  await (await told).finished()
}

/** Keys, palette and notices come right after the first picture: a letter that is pressed before does nothing. */
export async function keysReady(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Notifications' }).waitFor({ state: 'attached' })
}

/** Keys go to the page itself: a button that is still in focus would take Space for a press. */
export async function letGoOfFocus(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const { activeElement } = document
    if (activeElement instanceof HTMLElement && activeElement !== document.body)
      activeElement.blur()
    return document.activeElement === document.body
  })
}

/** When each reading of the CPU was taken that the page was told of, in order; epoch milliseconds. */
export function cpuTimes(page: Watched): number[] {
  return page.seen.frames.flatMap((frame) => {
    const ts = /"ts":(\d+)/.exec(frame)?.[1]
    return frame.includes('/cpu"') && ts !== undefined ? [Number(ts)] : []
  })
}

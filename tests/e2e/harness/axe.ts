/** What axe has to complain about a page as it is now, and whether it is wider than its window. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * The same in both themes. Which one it is, is a matter of the style sheet alone: nothing is loaded
 * anew, where loading takes longer than looking.
 */
export async function complaintsInBothThemes(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const complaint of await complaintsOf(page)) found.push(`${colorScheme}: ${complaint}`)
  }
  return found
}

export async function complaintsOf(page: Page): Promise<string[]> {
  // Evaluated by the debugger, not by the page: the page's policy stays as it is.
  await page.evaluate(AXE)
  // A phone shows a page that is too wide smaller: what it says of its window is not to be asked.
  const windowPx = page.viewportSize()?.width ?? 0
  return page.evaluate(async (width) => {
    // What a step before scrolled may have put a button half below the header.
    window.scrollTo(0, 0)
    // Half way from one theme to the other, or into sight, things have colours that nobody reads them in.
    for (const one of document.getAnimations())
      if (one.effect?.getComputedTiming().endTime !== Infinity) one.finish()
    const options: RunOptions = {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // What is in order is not described element by element, which takes longer than to find out.
      resultTypes: ['violations'],
    }
    const { axe: checker } = window as unknown as {
      axe: { run(context: Document, options: RunOptions): Promise<AxeResults> }
    }
    const { violations } = await checker.run(document, options)
    const found = violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}`))
    // Nothing may be wider than the window: no sideways scrolling.
    const wider = document.documentElement.scrollWidth - width
    return wider > 0 ? [...found, `the page is ${String(wider)} px wider than the window`] : found
  }, windowPx)
}

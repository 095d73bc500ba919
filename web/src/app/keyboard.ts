/**
 * Listens to the keys of the whole page, and runs what is registered for them (shortcuts.ts). Single
 * keys never fire inside inputs, and not at all for those who switched them off (WCAG 2.1.4).
 */

import { onScopeDispose } from 'vue'
import { workingShortcuts } from './shortcuts'

/** How long the first of two keys waits for the second. */
const SEQUENCE_MS = 1_500

const OPEN_POPOVER = '[popovertarget][aria-expanded="true"]'
const TYPING = 'input, textarea, select, [contenteditable]'
/** Space and Enter belong to what they would press. */
const PRESSABLE = 'button, a, summary, [role="button"], [role^="menuitem"], [role="tab"]'

/** How the shortcut of the palette is registered. */
export const PALETTE_KEYS = 'Ctrl+K'

/** Another dialog is open: it has to be answered first. */
function isBehindDialog({ target }: KeyboardEvent): boolean {
  return target instanceof Element && target.closest('dialog[open]') !== null
}

function belongsElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true
  // Escape closes what is open first; that is the browser's.
  if (event.key === 'Escape' && document.querySelector(OPEN_POPOVER)) return true
  if (!(event.target instanceof Element)) return false
  if (event.target.closest('dialog[open]')) return true
  if (event.key !== 'Escape' && event.target.closest(TYPING)) return true
  return (event.key === ' ' || event.key === 'Enter') && event.target.closest(PRESSABLE) !== null
}

export interface Keyboard {
  /** Whether single keys count; Escape and those with Ctrl always do. */
  readonly letters?: () => boolean
  /** Milliseconds. */
  readonly clock?: () => number
}

/** Ctrl and K, or Cmd and K on a Mac: from anywhere, also out of an input. */
function isPalette({ ctrlKey, metaKey, altKey, shiftKey, key }: KeyboardEvent): boolean {
  return ctrlKey !== metaKey && !altKey && !shiftKey && key.toLowerCase() === 'k'
}

/** Listens until the scope ends. */
export function useKeyboard({
  letters = () => true,
  clock = () => performance.now(),
}: Keyboard = {}): void {
  let first: { key: string; atMs: number } | undefined
  const press = (event: KeyboardEvent): void => {
    if (isPalette(event) && !isBehindDialog(event)) {
      const palette = workingShortcuts().find(({ keys }) => keys === PALETTE_KEYS)
      if (!palette) return
      event.preventDefault()
      palette.run()
      return
    }
    if (belongsElsewhere(event)) return
    const key = event.key === ' ' ? 'Space' : event.key
    if (key !== 'Escape' && !letters()) return
    const before = first && clock() - first.atMs <= SEQUENCE_MS ? `${first.key} ${key}` : undefined
    first = undefined
    const all = workingShortcuts()
    const hit = all.find((one) => one.keys === before) ?? all.find((one) => one.keys === key)
    if (hit) {
      event.preventDefault()
      hit.run()
    } else if (all.some((one) => one.keys.startsWith(`${key} `))) {
      first = { key, atMs: clock() }
    }
  }
  window.addEventListener('keydown', press)
  onScopeDispose(() => {
    window.removeEventListener('keydown', press)
  })
}

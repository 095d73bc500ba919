/**
 * Keys of the whole page. What can be pressed is registered by whoever does it, for as long as it is
 * there, so that the help lists exactly what works now. Single letters never fire inside inputs.
 */

import { onScopeDispose, shallowReactive } from 'vue'

export interface Shortcut {
  /** As `KeyboardEvent.key` has it; two keys after one another are written `g n`. */
  readonly keys: string
  readonly does: string
  readonly run: () => void
}

/** How long the first of two keys waits for the second. */
const SEQUENCE_MS = 1_500

export const shortcuts: Set<Shortcut> = shallowReactive(new Set<Shortcut>())

export function useShortcuts(...wanted: Shortcut[]): void {
  for (const one of wanted) shortcuts.add(one)
  onScopeDispose(() => {
    for (const one of wanted) shortcuts.delete(one)
  })
}

const OPEN_POPOVER = '[popovertarget][aria-expanded="true"]'
const TYPING = 'input, textarea, select, [contenteditable]'
/** Space and Enter belong to what they would press. */
const PRESSABLE = 'button, a, summary, [role="button"], [role^="menuitem"], [role="tab"]'

function belongsElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true
  // Escape closes what is open first; that is the browser's.
  if (event.key === 'Escape' && document.querySelector(OPEN_POPOVER)) return true
  if (!(event.target instanceof Element)) return false
  if (event.target.closest('dialog[open]')) return true
  if (event.key !== 'Escape' && event.target.closest(TYPING)) return true
  return (event.key === ' ' || event.key === 'Enter') && event.target.closest(PRESSABLE) !== null
}

/** Listens until the scope ends; `clock` in milliseconds can be handed in. */
export function useKeyboard(clock: () => number = () => performance.now()): void {
  let first: { key: string; atMs: number } | undefined
  const press = (event: KeyboardEvent): void => {
    if (belongsElsewhere(event)) return
    const key = event.key === ' ' ? 'Space' : event.key
    const before = first && clock() - first.atMs <= SEQUENCE_MS ? `${first.key} ${key}` : undefined
    first = undefined
    // The newest registration wins: a page may give a key another meaning than the shell.
    const all = [...shortcuts].reverse()
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

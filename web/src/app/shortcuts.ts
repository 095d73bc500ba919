/**
 * Keys of the whole page. What can be pressed is registered by whoever does it, for as long as it is
 * there, so that the help and the palette list exactly what works now. keyboard.ts listens.
 */

import { onScopeDispose, shallowReactive } from 'vue'

export interface Shortcut {
  /** As `KeyboardEvent.key` has it; two keys after one another are written `g n`. */
  readonly keys: string
  readonly does: string
  readonly run: () => void
}

export const shortcuts: Set<Shortcut> = shallowReactive(new Set<Shortcut>())

export function useShortcuts(...wanted: Shortcut[]): void {
  for (const one of wanted) shortcuts.add(one)
  onScopeDispose(() => {
    for (const one of wanted) shortcuts.delete(one)
  })
}

/** Of two with the same keys the newer one: a page may give a key another meaning than the shell. */
export function workingShortcuts(): Shortcut[] {
  return [...new Map([...shortcuts].map((one) => [one.keys, one])).values()]
}

/**
 * Colours for canvases. A canvas knows no CSS variables, and `light-dark()` is only decided when a
 * colour is used: so a probe element uses the token, and its computed colour is read back.
 */

import { onScopeDispose, readonly, shallowRef } from 'vue'

export type Token =
  | 'fg'
  | 'fg-2'
  | 'fg-3'
  | 'border'
  | 'surface'
  | 'accent'
  | 'inset'
  | 'ok'
  | 'warn'
  | 'crit'
  | 'off'
  | 'est'
  | 'heat-0'
  | 'heat-1'
  | `series-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`

/** The token of the nth series, counted from zero. */
export function seriesToken(index: number): Token {
  const tokens = [
    'series-1',
    'series-2',
    'series-3',
    'series-4',
    'series-5',
    'series-6',
    'series-7',
    'series-8',
  ] as const
  return tokens[index % tokens.length] ?? 'series-1'
}

let probe: HTMLElement | undefined

export function colourOf(token: Token): string {
  if (!probe) {
    probe = document.createElement('span')
    probe.hidden = true
    document.body.append(probe)
  }
  probe.style.color = `var(--${token})`
  return getComputedStyle(probe).color
}

/** `rgb(1, 2, 3)` with an opacity. */
export function faint(colour: string, alpha: number): string {
  const [r, g, b] = channels(colour)
  return `rgb(${String(r)} ${String(g)} ${String(b)} / ${String(alpha)})`
}

export function channels(colour: string): [number, number, number] {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number)
  return [r, g, b]
}

/** Grows by one whenever the theme changes: whoever paints depends on it. */
export function useThemeRevision() {
  const revision = shallowRef(0)
  const bump = (): void => {
    revision.value += 1
  }
  const system = matchMedia('(prefers-color-scheme: dark)')
  const choice = new MutationObserver(bump)
  system.addEventListener('change', bump)
  choice.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  onScopeDispose(() => {
    system.removeEventListener('change', bump)
    choice.disconnect()
  })
  return readonly(revision)
}

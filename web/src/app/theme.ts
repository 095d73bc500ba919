/**
 * Dark, light, or as the system has it. The choice belongs to the user and lies on the server; this
 * browser keeps a copy, so that public/theme.js can set it before anything is painted.
 */

import { readonly, shallowRef } from 'vue'

export type Theme = 'system' | 'dark' | 'light'

const KEY = 'bellwether.theme'
const NEXT: Record<Theme, Theme> = { system: 'dark', dark: 'light', light: 'system' }

export const THEME_WORD: Record<Theme, string> = { system: 'System', dark: 'Dark', light: 'Light' }

export function isTheme(value: unknown): value is Theme {
  return value === 'system' || value === 'dark' || value === 'light'
}

function stored(): Theme {
  try {
    const value = localStorage.getItem(KEY)
    return isTheme(value) ? value : 'system'
  } catch {
    return 'system'
  }
}

const theme = shallowRef<Theme>(stored())

export const currentTheme = readonly(theme)

export function applyTheme(wanted: Theme): void {
  theme.value = wanted
  if (wanted === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = wanted
  try {
    localStorage.setItem(KEY, wanted)
  } catch {
    // Storage can be switched off: the server still remembers.
  }
}

export function nextTheme(): Theme {
  return NEXT[theme.value]
}

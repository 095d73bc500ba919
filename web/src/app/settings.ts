/**
 * settings: what a person chose, kept on the server under their name, so that it holds in every browser.
 * Enters: whatever object the server has. Leaves: settings that make sense. A change shows at once; when
 * it cannot be kept it is taken back, with the reason. Only the theme stays: this browser keeps a copy.
 */

import { shallowRef } from 'vue'
import { notify } from '../components/notices'
import { once } from '../live'
import { type Theme, applyTheme, currentTheme, isTheme, nextTheme } from './theme'

/** Which notices appear in the corner; all of them are in Activity as well. */
export type ToastWish = 'all' | 'critical' | 'none'
/** How much the page may cost: everything as it happens, little, or as battery and network say. */
export type EnergyWish = 'full' | 'saver' | 'auto'

export interface Settings {
  readonly theme: Theme
  /** Whether single letters are shortcuts. */
  readonly keys: boolean
  readonly toasts: ToastWish
  readonly energy: EnergyWish
  /** Charts that stand on Now as well, by the name of what they show. */
  readonly pinned: readonly string[]
}

const TOASTS: readonly ToastWish[] = ['all', 'critical', 'none']
const ENERGY: readonly EnergyWish[] = ['full', 'saver', 'auto']

/** What nobody chose, or chose in a way that is not understood, is as shipped. */
export function settingsFrom(raw: Readonly<Record<string, unknown>>): Settings {
  const { theme, keys, toasts, energy, pinned } = raw
  return {
    theme: isTheme(theme) ? theme : 'system',
    keys: keys !== false,
    toasts: TOASTS.find((one) => one === toasts) ?? 'all',
    energy: ENERGY.find((one) => one === energy) ?? 'auto',
    pinned: Array.isArray(pinned) ? pinned.filter((one) => typeof one === 'string') : [],
  }
}

export const useSettings = once(({ api, environment }) => {
  const now = shallowRef<Settings>({ ...settingsFrom({}), theme: currentTheme.value })
  /** What could not be kept, in words; the page works on without it. */
  const notKept = shallowRef<string>()
  /** Two requests at a time may arrive the other way round: Undo before what it undoes. */
  let answered: Promise<unknown> = Promise.resolve()
  /** What was chosen while the server was asked: newer than its answer. */
  let chosenSince: Partial<Settings> = {}
  async function myTurn(): Promise<void> {
    let stop = (): void => undefined
    // A tab that is closed sees no answer any more: what waits for one is then asked for at once.
    const hidden = new Promise<void>((resolve) => {
      stop = environment.onWake((why) => {
        if (why === 'hidden') resolve()
      })
    })
    await Promise.race([answered, hidden])
    stop()
  }

  async function read(): Promise<void> {
    chosenSince = {}
    try {
      const raw = { ...(await api.settings.read()), ...chosenSince }
      now.value = settingsFrom(raw)
      if (isTheme(raw.theme)) applyTheme(raw.theme)
    } catch (error) {
      notKept.value = reasonOf(error)
    }
  }

  /** Whether it was kept. */
  async function change(patch: Partial<Settings>): Promise<boolean> {
    const before = now.value
    now.value = { ...before, ...patch }
    chosenSince = { ...chosenSince, ...patch }
    if (patch.theme !== undefined) applyTheme(patch.theme)
    try {
      const patched = myTurn().then(() => api.settings.patch(patch))
      answered = patched.catch(() => undefined)
      await patched
      notKept.value = undefined
      return true
    } catch (error) {
      notKept.value = reasonOf(error)
      chosenSince = {}
      now.value = { ...before, theme: currentTheme.value }
      if (patch.theme === undefined) {
        const text = `The change was taken back, since it could not be kept: ${reasonOf(error)}`
        notify({ level: 'danger', text, source: 'settings' })
      }
      return false
    }
  }

  /** System, dark, light, and round again. */
  const turnTheme = (): Promise<boolean> => change({ theme: nextTheme() })

  return { now, notKept, read, change, turnTheme }
})

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

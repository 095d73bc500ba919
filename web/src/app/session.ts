/** Who is signed in, and what the server remembers about them. Set once, before the page is shown. */

import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { type SessionAnswer, useLive } from '../live'
import { type Theme, applyTheme, isTheme, nextTheme } from './theme'

export const useSession = defineStore('session', () => {
  const { api } = useLive()
  const session = shallowRef<SessionAnswer>()
  /** What could not be kept, in words; the page works on without it. */
  const notKept = shallowRef<string>()

  /** The server's choice of theme holds in every browser of this user. */
  async function readSettings(): Promise<void> {
    try {
      const { theme } = await api.settings.read()
      if (isTheme(theme)) applyTheme(theme)
    } catch (error) {
      notKept.value = reasonOf(error)
    }
  }

  /** Applies at once; the server's copy follows. */
  async function chooseTheme(theme: Theme = nextTheme()): Promise<void> {
    applyTheme(theme)
    try {
      await api.settings.patch({ theme })
      notKept.value = undefined
    } catch (error) {
      notKept.value = reasonOf(error)
    }
  }

  async function signOut(): Promise<void> {
    await api.signOut()
    window.location.assign('/')
  }

  return { session, notKept, readSettings, chooseTheme, signOut }
})

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Who is signed in. Set once, before the page is shown. */

import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { type SessionAnswer, useLive } from '../live'

export const useSession = defineStore('session', () => {
  const { api } = useLive()
  const session = shallowRef<SessionAnswer>()

  async function signOut(): Promise<void> {
    await api.signOut()
    window.location.assign('/')
  }

  return { session, signOut }
})

/** Who is signed in. Set once, before the page is shown. */

import { shallowRef } from 'vue'
import { type SessionAnswer, once } from '../live'

export const useSession = once(({ api }) => {
  const session = shallowRef<SessionAnswer>()

  async function signOut(): Promise<void> {
    await api.signOut()
    window.location.assign('/')
  }

  return { session, signOut }
})

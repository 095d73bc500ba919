/**
 * Where the page starts: asks who is there, and shows the page or how to get in. Nothing connects
 * before that: a guest's browser opens no socket.
 */

import { createApp } from 'vue'
import AppShell from './app/AppShell.vue'
import { becomeKiosk, isKiosk } from './app/kiosk'
import { createAppRouter } from './app/router'
import { useSession } from './app/session'
import { useSettings } from './app/settings'
import { ProblemError, type SessionAnswer, createLive } from './live'
import type { Reason } from './pages/sign-in/show-door'
import './styles/tokens.css'
import './styles/base.css'
import './styles/card-table.css'

becomeKiosk()
const live = createLive({ kiosk: isKiosk })

function showPage(session: SessionAnswer): void {
  const app = createApp(AppShell, { user: session.user })
  app.use(live).use(createAppRouter(session))
  app.runWithContext(() => {
    useSession().session = session
    void useSettings().read()
  })
  app.mount('#app')
}

function whyNot(error: unknown): Reason {
  const refused = error instanceof ProblemError && error.status === 401
  if (!refused) return 'unreachable'
  return window.location.search.includes('failed=link') ? 'link-used' : 'signed-out'
}

async function start(): Promise<void> {
  const answer = await live.api.session().catch(whyNot)
  if (typeof answer === 'object') showPage(answer)
  else (await import('./pages/sign-in/show-door')).showDoor(answer)
}

void start()

/**
 * Where the page starts: asks who is there, and shows the page or how to get in. Nothing connects
 * before that: a guest's browser opens no socket.
 */

import { createPinia } from 'pinia'
import { createApp } from 'vue'
import AppShell from './app/AppShell.vue'
import { createAppRouter } from './app/router'
import { useSession } from './app/session'
import { ProblemError, type SessionAnswer, createLive } from './live'
import SignInPage from './pages/sign-in/SignInPage.vue'
import './styles/tokens.css'
import './styles/base.css'

const live = createLive()

function showPage(session: SessionAnswer): void {
  const app = createApp(AppShell, { host: session.host, user: session.user })
  app.use(createPinia()).use(live).use(createAppRouter(session))
  app.runWithContext(() => {
    const account = useSession()
    account.session = session
    void account.readSettings()
  })
  app.mount('#app')
}

function showDoor(reason: 'signed-out' | 'link-used' | 'unreachable'): void {
  document.title = 'Sign in · Bellwether'
  const onRetry = (): void => window.location.reload()
  createApp(SignInPage, { reason, onRetry }).mount('#app')
}

function whyNot(error: unknown): 'signed-out' | 'link-used' | 'unreachable' {
  const refused = error instanceof ProblemError && error.status === 401
  if (!refused) return 'unreachable'
  return window.location.search.includes('failed=link') ? 'link-used' : 'signed-out'
}

live.api.session().then(showPage, (error: unknown) => showDoor(whyNot(error)))

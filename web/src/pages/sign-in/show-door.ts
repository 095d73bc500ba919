/** Shows how to get in, to whoever is not signed in; loaded only then. */

import { createApp } from 'vue'
import SignInPage from './SignInPage.vue'

export type Reason = 'signed-out' | 'link-used' | 'unreachable'

export function showDoor(reason: Reason): void {
  document.title = 'Sign in · Bellwether'
  const onRetry = (): void => window.location.reload()
  createApp(SignInPage, { reason, onRetry }).mount('#app')
}

/** What somebody needs to know who is told of a failure; fetched when somebody asks for it. */

import { copyText } from './copy-text'
import { notify } from './notices'

export interface Failure {
  readonly error: Error
  readonly during: string
}

export async function copyFailure(what: string, { error, during }: Failure): Promise<void> {
  const details = [
    what,
    `during: ${during}`,
    `at: ${window.location.href}`,
    `when: ${new Date().toISOString()}`,
    `browser: ${navigator.userAgent}`,
    '',
    error.stack ?? error.message,
  ].join('\n')
  const copied = await copyText(details)
  if (copied) notify({ level: 'success', text: 'Details copied.' })
  else notify({ level: 'danger', text: 'This browser does not let the page copy.' })
}

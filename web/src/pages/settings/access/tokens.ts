/**
 * tokens: what the list of tokens says in words, and what can be asked for. Enters: what the server
 * lists or complains about. Leaves: text, and the wish as the server wants it. Plain functions.
 */

import type { Role, TokenEntry, TokenUse, TokenWish } from '@bellwether/client'
import { capitalised } from '../../../format/sentence'

export const KIND_WORD: Record<TokenUse, string> = {
  api: 'Token',
  session: 'Session',
  link: 'One-time link',
}

/** What each role may do, in one sentence. */
export const ROLE_MAY: Record<Role, string> = {
  viewer: 'Reads everything but command lines.',
  publisher:
    'Publishes to app topics, sends readings and labels, asks for predictions; reads nothing.',
  agent: 'Sends the signals of one host, and nothing else.',
  operator:
    'Reads everything, command lines without secrets too, uploads, trains, deploys and acknowledges.',
  admin: 'May do everything: also tokens, settings, deletion and ending connections.',
}

export type Making = Exclude<TokenUse, 'session'>

/** A link signs a browser in: the roles that see nothing are of no use there. */
export const ROLES: Record<Making, readonly Role[]> = {
  api: ['viewer', 'publisher', 'agent', 'operator', 'admin'],
  link: ['viewer', 'operator', 'admin'],
}

interface Expiry {
  readonly text: string
  /** In seconds; absent: never. */
  readonly seconds?: number
}

const DAY_S = 86_400
const days = (n: number): Expiry => ({
  text: n === 1 ? '1 day' : `${String(n)} days`,
  seconds: n * DAY_S,
})

/** The first is what is chosen when the dialog opens. */
export const EXPIRIES: Record<Making, readonly Expiry[]> = {
  api: [days(30), days(1), days(7), days(90), { text: 'Never' }],
  link: [days(1), { text: '1 hour', seconds: 3_600 }, days(7), days(30)],
}

const HOST_NAME = /^[a-z0-9][a-z0-9-]{0,62}$/

export type Field = 'name' | 'role' | 'expires_in_seconds'

export interface Complaint {
  /** Absent: about the whole. */
  readonly field?: Field
  readonly text: string
}

export interface Wished {
  readonly name: string
  readonly role: Role
  readonly seconds?: number | undefined
}

/** The wish, or what is missing before the server is asked. */
export function wishOf({ name, role, seconds }: Wished): TokenWish | Complaint {
  const trimmed = name.trim()
  if (role === 'agent' && !HOST_NAME.test(trimmed)) {
    return {
      field: 'name',
      text: 'An agent speaks for one host: its name, such as web-1, in small letters, digits and hyphens.',
    }
  }
  return {
    role,
    ...(trimmed === '' ? {} : { name: trimmed }),
    ...(seconds === undefined ? {} : { expires_in_seconds: seconds }),
  }
}

/** The server's complaints begin with the name of the field that they are about. */
export function complaintOf(detail: string): Complaint {
  const [, name, rest] = /^(name|role|expires_in_seconds): (.+)$/s.exec(detail) ?? []
  if (name === undefined || rest === undefined) return { text: detail }
  return { field: name as Field, text: capitalised(rest) }
}

export type TokenState = 'current' | 'good' | 'revoked' | 'used' | 'expired'

export const STATE_WORD: Record<TokenState, string> = {
  current: 'This browser',
  good: 'Good',
  revoked: 'Revoked',
  used: 'Used or revoked',
  expired: 'Expired',
}

export function stateOf(token: TokenEntry, nowMs: number): TokenState {
  if (token.revoked_at !== undefined) return token.kind === 'link' ? 'used' : 'revoked'
  if (token.expires_at !== undefined && token.expires_at <= nowMs) return 'expired'
  return token.current ? 'current' : 'good'
}

export function isOver(state: TokenState): boolean {
  return state !== 'current' && state !== 'good'
}

/** "the session of root": what a question about it names. */
export function nameOfToken({ kind, name }: TokenEntry): string {
  return `the ${KIND_WORD[kind].toLowerCase()} of ${name}`
}

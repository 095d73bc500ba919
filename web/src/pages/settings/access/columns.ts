/** The columns of the list of tokens. */

import type { TokenEntry } from '@bellwether/client'
import type { Keyed, TableColumn } from '../../../components/table/columns'
import { ago, duration, timeOrShortDate } from '../../../format/format'
import { KIND_WORD, STATE_WORD, type TokenState, isOver, stateOf } from './tokens'

export interface TokenRow extends Keyed {
  readonly token: TokenEntry
  readonly state: TokenState
}

/** This browser's first, then what is good, newest first; what is over comes last. */
export function rowsOf(tokens: readonly TokenEntry[], nowMs: number): TokenRow[] {
  const rank = ({ state }: TokenRow): number => (state === 'current' ? 0 : isOver(state) ? 2 : 1)
  return tokens
    .map((token) => ({ key: token.id, token, state: stateOf(token, nowMs) }))
    .sort((a, b) => rank(a) - rank(b) || b.token.created_at - a.token.created_at)
}

function expiryOf({ token, state }: TokenRow, nowMs: number): string {
  if (isOver(state)) return STATE_WORD[state]
  const { expires_at: at } = token
  return at === undefined ? 'Never' : `In ${duration((at - nowMs) / 1_000)}`
}

export function tokenColumns(nowMs: number): TableColumn<TokenRow>[] {
  return [
    {
      id: 'name',
      title: 'Who',
      from: 'phone',
      text: ({ token }) => token.name,
      sub: ({ token }) => `${KIND_WORD[token.kind]}, ${token.role}`,
    },
    { id: 'kind', title: 'Kind', width: '116px', text: ({ token }) => KIND_WORD[token.kind] },
    { id: 'role', title: 'Role', width: '92px', text: ({ token }) => token.role },
    {
      id: 'made',
      title: 'Made',
      width: '116px',
      from: 'desktop',
      text: ({ token }) => timeOrShortDate(token.created_at, nowMs),
    },
    { id: 'expires', title: 'Expires', width: '132px', text: (row) => expiryOf(row, nowMs) },
    {
      id: 'used',
      title: 'Last used',
      width: '116px',
      from: 'desktop',
      text: ({ token }) =>
        token.last_used_at === undefined ? 'Never' : ago(token.last_used_at, nowMs),
    },
    {
      id: 'state',
      title: 'State',
      width: '116px',
      from: 'phone',
      text: ({ state }) => STATE_WORD[state],
      sub: (row) => expiryOf(row, nowMs),
    },
    { id: 'action', title: 'Action', width: '104px', from: 'phone', text: () => '' },
  ]
}

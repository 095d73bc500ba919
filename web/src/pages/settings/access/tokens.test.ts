import type { TokenEntry } from '@bellwether/client'
import { expect, it } from 'vitest'
import { rowsOf, tokenColumns } from './columns'
import { EXPIRIES, ROLES, complaintOf, isOver, nameOfToken, stateOf, wishOf } from './tokens'

const NOW = 1_800_000_000_000

function token(patch: Partial<TokenEntry> = {}): TokenEntry {
  const made = {
    id: 'a',
    kind: 'api',
    name: 'ada',
    role: 'viewer',
    created_at: NOW - 1_000,
  } as const
  return { ...made, current: false, ...patch }
}

it('a token is good until it is revoked, used or over', () => {
  expect(stateOf(token(), NOW)).toBe('good')
  expect(stateOf(token({ current: true }), NOW)).toBe('current')
  expect(stateOf(token({ expires_at: NOW }), NOW)).toBe('expired')
  expect(stateOf(token({ expires_at: NOW + 1 }), NOW)).toBe('good')
  expect(stateOf(token({ revoked_at: NOW, current: true }), NOW)).toBe('revoked')
  expect(stateOf(token({ kind: 'link', revoked_at: NOW }), NOW)).toBe('used')
  expect((['current', 'good', 'used', 'expired'] as const).map(isOver)).toEqual([
    false,
    false,
    true,
    true,
  ])
})

it('this browser comes first, what is over last, the newest of each first', () => {
  const rows = rowsOf(
    [
      token({ id: 'over', revoked_at: NOW, created_at: NOW }),
      token({ id: 'old' }),
      token({ id: 'new', created_at: NOW - 10 }),
      token({ id: 'mine', current: true, created_at: 1 }),
    ],
    NOW,
  )
  expect(rows.map(({ key }) => key)).toEqual(['mine', 'new', 'old', 'over'])
})

it('a row says in words what it is', () => {
  const [row] = rowsOf([token({ kind: 'session', expires_at: NOW + 86_400_000 })], NOW)
  if (!row) throw new Error('there is a row')
  const said = tokenColumns(NOW).map((column) => column.text(row).replaceAll('\u00a0', ' '))
  expect(said).toContain('Session')
  expect(said).toContain('In 1 d')
  expect(said).toContain('Never')
  expect(nameOfToken(row.token)).toBe('the session of ada')
})

it('a wish bears what was chosen and nothing that was not', () => {
  expect(wishOf({ name: ' ', role: 'viewer' })).toEqual({ role: 'viewer' })
  expect(wishOf({ name: ' ada ', role: 'admin', seconds: 60 })).toEqual({
    name: 'ada',
    role: 'admin',
    expires_in_seconds: 60,
  })
  expect(EXPIRIES.api.map(({ seconds }) => seconds)).toContain(undefined)
  expect(ROLES.link).not.toContain('agent')
})

it("an agent's token needs the name of its host", () => {
  for (const name of ['', 'Web 1', '-web', 'x'.repeat(64)]) {
    expect(wishOf({ name, role: 'agent' }), name).toMatchObject({ field: 'name' })
  }
  expect(wishOf({ name: 'web-1', role: 'agent' })).toEqual({ role: 'agent', name: 'web-1' })
})

it("the server's complaint stands beside its field", () => {
  expect(complaintOf('name: has 1 to 100 characters.')).toEqual({
    field: 'name',
    text: 'Has 1 to 100 characters.',
  })
  expect(complaintOf('The server: is busy.')).toEqual({ text: 'The server: is busy.' })
})

import type { ConnectedClient, SystemClients } from '@bellwether/client'
import { expect, test } from 'vitest'
import { connectionColumns, flushText } from './columns'
import { connectionRows, countsText, nameOfConnection } from './rows'

const QUIET: ConnectedClient = {
  dialect: 'bellwether.v1',
  user: 'ada',
  role: 'viewer',
  address: '192.0.2.1',
  opened_at_ms: 1_000,
  subscriptions: 1,
  patterns: ['host/**'],
  topics: 12,
  sent_messages: 10,
  sent_payload_bytes: 4_000,
  sent_wire_bytes: 1_000,
  received_messages: 1,
  received_payload_bytes: 40,
  received_wire_bytes: 46,
  flushes: 5,
  waiting_bytes: 0,
  waiting_publications: 0,
  blocked: false,
  conflated: 0,
  resyncs: 0,
  gaps: 0,
}

function rowsOf(clients: SystemClients['clients']) {
  return connectionRows({ total: 2, clients }, 'ws-1')
}

test('who takes nothing is warned of; gaps of the past are told, and nothing more', () => {
  const rows = rowsOf({
    'ws-1': QUIET,
    'ws-2': { ...QUIET, blocked: true, gaps: 1 },
    'sse-3': { ...QUIET, gaps: 2 },
  })
  expect(rows.map(({ own, status, word }) => [own, status, word])).toEqual([
    [true, 'ok', 'Keeps up'],
    [false, 'warn', 'Takes nothing'],
    [false, 'ok', 'Had gaps'],
  ])
  expect(rows.map(nameOfConnection)).toEqual(['ws-1 of ada', 'ws-2 of ada', 'sse-3 of ada'])
})

test('what is shown is counted of all, those that are not listed included', () => {
  const text = (shown: number, total: number) => countsText(shown, total, String)
  expect(text(1, 1)).toBe('1 connection')
  expect(text(3, 3)).toBe('3 connections')
  expect(text(500, 9000)).toBe('500 of 9000 connections')
})

test('a row says what passed in words', () => {
  const [quiet, slow] = rowsOf({
    'ws-1': QUIET,
    'ws-2': { ...QUIET, waiting_bytes: 2_048, conflated: 1_200, gaps: 1, round_trip_ms: 12 },
  })
  const texts = (row: typeof quiet) =>
    Object.fromEntries(connectionColumns(61_000).map(({ id, text }) => [id, row ? text(row) : '']))
  expect(texts(quiet)).toMatchObject({
    since: '1\u00a0min',
    sent: '1,000\u00a0B, 25\u00a0%',
    waits: 'Nothing',
    missed: 'Nothing',
    trip: '–',
  })
  expect(quiet ? flushText(quiet, 61_000) : '').toBe('Nothing sent yet')
  expect(texts(slow)).toMatchObject({ waits: '2.00\u00a0KiB', missed: '1,200 merged, 1 gap' })
})

/** The columns of the list of connections. */

import type { TableColumn } from '../../../components/table/columns'
import * as format from '../../../format/format'
import { type ConnectionRow, dialectOf } from './rows'

const RANK = { crit: 3, warn: 2, unknown: 1, ok: 0 } as const

/** What compression and framing made of it: less than 100 % is a saving. */
function shareOf({ client }: ConnectionRow): number | undefined {
  const { sent_payload_bytes: text, sent_wire_bytes: wire } = client
  return text > 0 ? (100 * wire) / text : undefined
}

function sentOf(row: ConnectionRow): string {
  const share = shareOf(row)
  const sent = format.bytes(row.client.sent_wire_bytes)
  return share === undefined ? sent : `${sent}, ${format.roughPercent(share)}`
}

function missedOf({ client: { conflated, resyncs, gaps } }: ConnectionRow): string {
  const parts = [
    [conflated, 'merged'],
    [resyncs, 'resent'],
    [gaps, gaps === 1 ? 'gap' : 'gaps'],
  ] as const
  const told = parts.filter(([n]) => n > 0).map(([n, word]) => `${format.count(n)} ${word}`)
  return told.length > 0 ? told.join(', ') : 'Nothing'
}

function waitingOf({ client }: ConnectionRow): string {
  return client.waiting_bytes > 0 ? format.bytes(client.waiting_bytes) : 'Nothing'
}

/** When it was last given something. */
export function flushText({ client }: ConnectionRow, nowMs: number): string {
  const at = client.last_flush_at_ms
  return at === undefined ? 'Nothing sent yet' : `Last flush ${format.ago(at, nowMs)}`
}

export function connectionColumns(nowMs: number): TableColumn<ConnectionRow>[] {
  return [
    {
      id: 'who',
      title: 'Who',
      from: 'phone',
      text: ({ client }) => client.user,
      sub: (row) => `${dialectOf(row.client)}, ${row.client.address ?? 'this machine'}`,
      order: ({ client }) => client.user.toLowerCase(),
    },
    {
      id: 'status',
      title: 'How',
      width: '116px',
      from: 'phone',
      text: ({ word }) => word,
      sub: (row) => `Waits: ${waitingOf(row).toLowerCase()}`,
      order: ({ status, client }) => RANK[status] * 1e15 + client.waiting_bytes,
      down: true,
    },
    {
      id: 'speaks',
      title: 'Speaks',
      hint: 'How it is connected, and what it speaks',
      width: '104px',
      text: ({ client }) => dialectOf({ ...client }),
      order: ({ client }) => client.dialect,
    },
    {
      id: 'from',
      title: 'From',
      hint: 'Its address; behind a proxy, that of the proxy',
      width: '128px',
      text: ({ client }) => client.address ?? 'This machine',
      order: ({ client }) => client.address,
    },
    {
      id: 'since',
      title: 'Since',
      numeric: true,
      width: '84px',
      from: 'desktop',
      text: ({ client }) => format.duration((nowMs - client.opened_at_ms) / 1_000),
      order: ({ client }) => Math.round((nowMs - client.opened_at_ms) / 1_000),
    },
    {
      id: 'topics',
      title: 'Topics',
      hint: 'Topics that it gets',
      numeric: true,
      width: '72px',
      from: 'desktop',
      text: ({ client }) => format.count(client.topics),
      order: ({ client }) => client.topics,
      down: true,
    },
    {
      id: 'sent',
      title: 'Sent',
      hint: 'Written to its socket since it came, and what framing and compression made of the text: below 100 % is saved',
      numeric: true,
      width: '132px',
      text: sentOf,
      order: ({ client }) => client.sent_wire_bytes,
      down: true,
    },
    {
      id: 'waits',
      title: 'Waits',
      hint: 'What its socket has not taken yet',
      numeric: true,
      width: '84px',
      text: waitingOf,
      order: ({ client }) => client.waiting_bytes,
      down: true,
    },
    {
      id: 'missed',
      title: 'Not one by one',
      hint: 'States merged into later ones, states sent in full again, gaps in events that it was told',
      width: '116px',
      from: 'desktop',
      text: missedOf,
      order: ({ client }) => client.gaps * 1e12 + client.resyncs * 1e6 + client.conflated,
      down: true,
    },
    {
      id: 'trip',
      title: 'Round trip',
      hint: 'How long the last ping and its answer took; who speaks often is not pinged',
      numeric: true,
      width: '88px',
      from: 'desktop',
      text: ({ client }) => format.latency(client.round_trip_ms),
      order: ({ client }) => client.round_trip_ms,
      down: true,
    },
    { id: 'action', title: 'Action', width: '112px', from: 'phone', text: () => '' },
  ]
}

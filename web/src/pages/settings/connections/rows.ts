/**
 * rows: what is said of each connection. Enters: the server's list, and what this page is called there.
 * Leaves: rows with a judgement in a word. Plain functions.
 */

import type { ConnectedClient, SystemClients } from '@bellwether/client'
import type { Keyed } from '../../../components/table/columns'
import type { Status } from '../../../status/status'

export interface ConnectionRow extends Keyed {
  readonly client: ConnectedClient
  /** Whether it is this page's own. */
  readonly own: boolean
  readonly status: Status
  /** How it is doing, in two words. */
  readonly word: string
}

export const DIALECT: Readonly<Record<string, string>> = {
  'bellwether.v1': 'WebSocket',
  sse: 'Stream',
  flat: 'Flat WebSocket',
  analytics: 'Analytics',
  socketio: 'Socket.IO',
}

export function dialectOf({ dialect }: ConnectedClient): string {
  return DIALECT[dialect] ?? dialect
}

/** What is wrong now comes before what went wrong once. */
function judge({ blocked, gaps }: ConnectedClient): Pick<ConnectionRow, 'status' | 'word'> {
  if (blocked) return { status: 'warn', word: 'Takes nothing' }
  return { status: 'ok', word: gaps > 0 ? 'Had gaps' : 'Keeps up' }
}

export function connectionRows({ clients }: SystemClients, own: string | undefined) {
  return Object.entries(clients).map(([key, client]): ConnectionRow => {
    return { key, client, own: key === own, ...judge(client) }
  })
}

/** "7 connections", "3 of 7 connections", "500 of 9,000 connections". */
export function countsText(shown: number, total: number, count: (n: number) => string): string {
  const all = `${count(total)} ${total === 1 ? 'connection' : 'connections'}`
  return shown === total ? all : `${count(shown)} of ${all}`
}

/** "ws-7 of ada": what a question about it names. */
export function nameOfConnection({ key, client }: ConnectionRow): string {
  return `${key} of ${client.user}`
}

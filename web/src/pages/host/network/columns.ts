/** What the table of interfaces shows. */

import type { Interface } from '@bellwether/client'
import type { TableColumn } from '../../../components/table/columns'
import * as format from '../../../format/format'
import { linkSpeed } from '../../../format/physical'

export type InterfaceRow = Interface & { readonly key: string }

export function stateOf({ up }: Interface): string {
  if (up === undefined) return 'Not known'
  return up ? 'Up' : 'Down'
}

function rate(write: (value: number | undefined) => string, value: number | undefined): string {
  return value === 0 ? '0' : write(value)
}

export const INTERFACES: readonly TableColumn<InterfaceRow>[] = [
  {
    id: 'name',
    title: 'Interface',
    from: 'phone',
    text: ({ key }) => key,
    sub: (row) => [stateOf(row), ...row.addresses].join(', '),
  },
  { id: 'state', title: 'State', width: '92px', text: stateOf },
  {
    id: 'link',
    title: 'Link',
    hint: 'Speed of the link, where the driver knows it',
    numeric: true,
    width: '84px',
    text: ({ link_megabits_per_second: megabits }) => linkSpeed(megabits),
  },
  {
    id: 'addresses',
    title: 'Addresses',
    width: '22%',
    text: ({ addresses }) => addresses.join(', ') || 'none',
  },
  {
    id: 'in',
    title: 'In',
    numeric: true,
    width: '96px',
    from: 'phone',
    text: (row) => rate(format.bitsPerSecond, row.received_bytes_per_second),
    sub: (row) => `${format.bitsPerSecond(row.sent_bytes_per_second)} out`,
  },
  {
    id: 'out',
    title: 'Out',
    numeric: true,
    width: '96px',
    text: (row) => rate(format.bitsPerSecond, row.sent_bytes_per_second),
  },
  {
    id: 'errors',
    title: 'Errors',
    hint: 'Packets lost to errors, both ways',
    numeric: true,
    width: '76px',
    text: (row) => rate(format.perSecond, row.errors_per_second),
  },
  {
    id: 'drops',
    title: 'Drops',
    hint: 'Packets dropped, both ways; some are of protocols that nobody here speaks',
    numeric: true,
    width: '76px',
    from: 'desktop',
    text: (row) => rate(format.perSecond, row.drops_per_second),
  },
  {
    id: 'inTotal',
    title: 'In since up',
    numeric: true,
    width: '92px',
    from: 'desktop',
    text: ({ received_bytes: total }) => format.bytes(total),
  },
  {
    id: 'outTotal',
    title: 'Out since up',
    numeric: true,
    width: '96px',
    from: 'desktop',
    text: ({ sent_bytes: total }) => format.bytes(total),
  },
]

/** The process table to take away: every row that is listed, in its order, with raw values. */

import { type Exportable, isoTime } from '../../../components/export/exportable'
import type { Row } from './rows'

const COLUMNS: Exportable['columns'] = [
  { name: 'name' },
  { name: 'pid' },
  { name: 'user' },
  { name: 'state' },
  { name: 'cpu of one core', unit: '%' },
  { name: 'memory', unit: 'B' },
  { name: 'read', unit: 'B/s' },
  { name: 'written', unit: 'B/s' },
  { name: 'threads' },
  { name: 'started', unit: 'UTC' },
  { name: 'command line' },
]

export function exportOfProcesses(host: string, rows: readonly Row[]): Exportable {
  return {
    title: 'Processes',
    source: host,
    columns: COLUMNS,
    rows: rows.map(({ process, command }) => [
      process.name,
      process.pid,
      process.user,
      process.state,
      process.cpu_percent,
      process.memory_bytes,
      process.read_bytes_per_second,
      process.written_bytes_per_second,
      process.threads,
      isoTime(process.started_at_ms),
      command,
    ]),
  }
}

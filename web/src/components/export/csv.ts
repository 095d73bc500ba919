/**
 * csv: RFC 4180, with a head that names each unit, times in ISO 8601, and full stops in numbers. A text
 * that a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection).
 */

import type { Cell, Exportable } from './exportable'

const FORMULA = /^[=+\-@\t\r]/

function field(cell: Cell): string {
  if (cell === undefined) return ''
  if (typeof cell === 'number') return String(cell)
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function csvOf({ columns, rows }: Exportable): string {
  const head = columns.map(({ name, unit }) => (unit === undefined ? name : `${name} (${unit})`))
  return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('')
}

/** "bellwether-atlas-cpu-by-mode-2026-11-21T09-43-12.csv". */
export function fileName(
  { title, source, range }: Exportable,
  nowMs: number,
  ending: string,
): string {
  const plain = (text: string): string =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '')
  const when = new Date(range?.toMs ?? nowMs).toISOString().slice(0, 19).replaceAll(':', '-')
  return ['bellwether', ...(source === undefined ? [] : [plain(source)]), plain(title), when]
    .join('-')
    .concat('.', ending)
}

/** markdown: a table for a ticket or a chat; long ones are thinned out, and say so. */

import { type Cell, type Exportable, isoTime } from './exportable'

const MOST_ROWS = 50

function field(cell: Cell): string {
  if (cell === undefined) return ''
  const text = typeof cell === 'number' ? String(Math.round(cell * 1000) / 1000) : cell
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll(/\s+/g, ' ')
}

export function markdownOf({ title, source, range, columns, rows }: Exportable): string {
  const every = Math.max(1, Math.ceil(rows.length / MOST_ROWS))
  const shown = rows.filter((_row, i) => i % every === 0)
  const about = [
    source,
    range && `${isoTime(range.fromMs)} to ${isoTime(range.toMs)}`,
    every > 1 ? `1 row in ${String(every)}` : undefined,
  ].filter((part) => part !== undefined)
  const line = (cells: readonly Cell[]): string => `| ${cells.map(field).join(' | ')} |`
  return [
    `**${field(title)}**${about.length > 0 ? ` (${about.join(', ')})` : ''}`,
    '',
    line(columns.map(({ name, unit }) => (unit === undefined ? name : `${name} (${unit})`))),
    `|${columns.map((_, i) => (typeof rows[0]?.[i] === 'number' ? ' ---: ' : ' --- ')).join('|')}|`,
    ...shown.map(line),
    '',
  ].join('\n')
}

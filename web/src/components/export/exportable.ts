/**
 * exportable: what a chart or a table gives to take away: columns with units, rows of raw values. Enters:
 * chart models, or a table as it stands in the page. Leaves: one form for CSV and Markdown alike.
 */

import type { Unit } from '../../live'
import type { ChartModel } from '../chart/model'

/** A number as it was measured, a text, or nothing where nobody knows. */
export type Cell = number | string | undefined

export interface Exportable {
  readonly title: string
  /** The host that it is about. */
  readonly source?: string | undefined
  /** What is shown, epoch milliseconds; a table of now has none. */
  readonly range?: { readonly fromMs: number; readonly toMs: number } | undefined
  readonly columns: readonly { readonly name: string; readonly unit?: string | undefined }[]
  readonly rows: readonly (readonly Cell[])[]
}

const SIGN: Record<Unit, string | undefined> = {
  percent: '%',
  bytes: 'B',
  bytes_per_second: 'B/s',
  per_second: '1/s',
  milliseconds: 'ms',
  microseconds: 'µs',
  seconds: 's',
  epoch_milliseconds: 'ms since 1970',
  megahertz: 'MHz',
  celsius: '°C',
  watts: 'W',
  watt_hours: 'Wh',
  volts: 'V',
  amperes: 'A',
  rpm: 'rpm',
  megabits_per_second: 'Mb/s',
  number: undefined,
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}

/** Lanes on one clock become one table: a row for each time that any of them knows. */
export function exportOfCharts(title: string, models: readonly ChartModel[]): Exportable {
  const [first] = models
  const fromMs = Math.round(first?.fromMs ?? 0)
  const toMs = Math.round(first?.toMs ?? 0)
  const alone = models.length === 1
  const columns = models.flatMap((model) =>
    model.lines.map(({ label, unit }) => ({
      name: alone ? label : `${model.title} ${label}`,
      unit: unit && SIGN[unit],
    })),
  )
  const rows = new Map<number, Cell[]>()
  let before = 0
  for (const { columns: data, lines } of models) {
    data.at.forEach((atMs, i) => {
      if (atMs < fromMs || atMs > toMs) return
      const known = lines.map((_, line) => numberOr(data.values[line]?.[i]))
      // A row that stands for a hole says nothing.
      if (known.every((value) => value === undefined)) return
      const row = rows.get(atMs) ?? columns.map((): Cell => undefined)
      row.splice(before, known.length, ...known)
      rows.set(atMs, row)
    })
    before += lines.length
  }
  return {
    title,
    source: first?.source,
    range: { fromMs, toMs },
    columns: [{ name: 'time', unit: 'UTC' }, ...columns],
    rows: [...rows].sort(([a], [b]) => a - b).map(([atMs, values]) => [isoTime(atMs), ...values]),
  }
}

function numberOr(value: number | undefined): number | undefined {
  return value === undefined || Number.isNaN(value) ? undefined : value
}

/** Cells say their raw value in `data-value`, heads their unit in `data-unit`; otherwise their text. */
export function exportOfTable(title: string, table: HTMLTableElement): Exportable {
  const [head, ...others] = [...table.rows].filter((row) => !row.matches('[aria-hidden="true"]'))
  const columns = [...(head?.cells ?? [])].map((cell) => ({
    name: textOf(cell),
    unit: cell.dataset.unit,
  }))
  const rows = others.map((row) =>
    [...row.cells].map((cell): Cell => {
      const { value } = cell.dataset
      if (value === undefined) return textOf(cell)
      return value !== '' && Number.isFinite(Number(value)) ? Number(value) : value || undefined
    }),
  )
  return { title, columns, rows }
}

function textOf(element: HTMLElement): string {
  return element.textContent.replaceAll(/\s+/g, ' ').trim()
}

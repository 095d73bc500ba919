/** The rows of a chart's table: newest first; when there are too many, every nth, and it says so. */

import { count } from '../../format/format'
import type { ChartModel } from './model'

export const MOST_ROWS = 200

export interface TableRow {
  readonly atMs: number
  readonly values: readonly (number | undefined)[]
}

export function tableOf(model: ChartModel): { rows: TableRow[]; note: string } {
  const { at, values } = model.columns
  const all: TableRow[] = []
  for (let i = at.length - 1; i >= 0; i -= 1) {
    const atMs = at[i]
    const row = values.map((column) => column[i])
    // A row that stands for a hole says nothing: the times themselves show the hole.
    if (atMs === undefined || row.every((value) => Number.isNaN(value ?? Number.NaN))) continue
    all.push({ atMs, values: row })
  }
  const every = Math.max(1, Math.ceil(all.length / MOST_ROWS))
  const rows = all.filter((_row, i) => i % every === 0)
  const note =
    every === 1
      ? `${count(rows.length)} rows, newest first.`
      : `${count(rows.length)} of ${count(all.length)} rows (1 in ${count(every)}), newest first.`
  return { rows, note }
}

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
  const every = Math.max(1, Math.ceil(at.length / MOST_ROWS))
  const rows: TableRow[] = []
  for (let i = at.length - 1; i >= 0; i -= every) {
    const atMs = at[i]
    if (atMs === undefined) continue
    rows.push({ atMs, values: values.map((column) => column[i]) })
  }
  const note =
    every === 1
      ? `${count(rows.length)} rows, newest first.`
      : `${count(rows.length)} of ${count(at.length)} rows (1 in ${count(every)}), newest first.`
  return { rows, note }
}

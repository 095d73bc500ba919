/** preview: the first rows of a dataset, whichever way the server writes a row. */

export interface Preview {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A missing cell is empty. */
function text(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  return typeof cell === 'string' ? cell : JSON.stringify(cell)
}

/** `{columns, rows}` with rows as arrays or as objects by column; anything else is an error. */
export function previewOf(answer: unknown): Preview {
  if (!isObject(answer)) throw new TypeError('the preview is no object')
  const given = Array.isArray(answer.rows) ? answer.rows : answer.preview
  if (!Array.isArray(given)) throw new TypeError('the preview has no rows')
  const rows: unknown[] = given
  const first = rows[0]
  const columns = Array.isArray(answer.columns)
    ? answer.columns.map((one: unknown) => text(isObject(one) ? one.name : one))
    : isObject(first)
      ? Object.keys(first)
      : []
  return {
    columns,
    rows: rows.map((row) => {
      if (Array.isArray(row)) return row.map(text)
      return isObject(row) ? columns.map((name) => text(row[name])) : []
    }),
  }
}

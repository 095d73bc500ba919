/** What a table of things is made of: columns that know how to write a row, and how rows are ordered. */

export interface Keyed {
  /** Unique among the rows, and the same for as long as the thing exists. */
  readonly key: string
}

export interface TableColumn<Row> {
  readonly id: string
  readonly title: string
  /** Said in full, where the title is short. */
  readonly hint?: string
  readonly numeric?: boolean
  /** As CSS has it; the column without one takes what is left. */
  readonly width?: string
  /** Left out where there is less room than this; on a phone rows have two lines. */
  readonly from?: 'phone' | 'tablet' | 'desktop'
  readonly text: (row: Row) => string
  /** On a phone, the second line of the cell. */
  readonly sub?: (row: Row) => string
  /** What rows are ordered by; without it the column does not sort. */
  readonly order?: (row: Row) => number | string | undefined
  /** Whether the first click puts the largest on top. */
  readonly down?: boolean
}

export interface Sorting {
  readonly column: string
  readonly down: boolean
}

/** Unknown comes last in both directions; equal rows by key, so that they stay put. */
export function sortRows<Row extends Keyed>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  { column, down }: Sorting,
): Row[] {
  const order = columns.find(({ id }) => id === column)?.order ?? ((row: Row) => row.key)
  return [...rows].sort((a, b) => {
    const [one, other] = [order(a), order(b)]
    const tie = a.key < b.key ? -1 : a.key > b.key ? 1 : 0
    if (one === undefined || other === undefined) {
      return one === other ? tie : one === undefined ? 1 : -1
    }
    const way = one < other ? -1 : one > other ? 1 : 0
    return way === 0 ? tie : down ? -way : way
  })
}

/** Every word must be somewhere in the text. */
export function holdsWords(text: string, wanted: string): boolean {
  const inside = text.toLowerCase()
  return wanted
    .toLowerCase()
    .split(/\s+/)
    .every((word) => inside.includes(word))
}

/** `cpu`, or `-cpu` for the other way round than a first click sorts. */
export function parseSorting<Row>(
  text: string | undefined,
  columns: readonly TableColumn<Row>[],
  fallback: Sorting,
): Sorting {
  const column = columns.find(({ id, order }) => order && id === text?.replace(/^-/, ''))
  if (!column || text === undefined) return fallback
  const first = column.down === true
  return { column: column.id, down: text.startsWith('-') ? !first : first }
}

export function formatSorting<Row>(
  { column, down }: Sorting,
  columns: readonly TableColumn<Row>[],
): string {
  const first = columns.find(({ id }) => id === column)?.down === true
  return `${down === first ? '' : '-'}${column}`
}

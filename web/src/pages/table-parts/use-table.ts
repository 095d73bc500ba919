/**
 * use-table: a table's filter and order, kept in the address so that a link shows the same, and held
 * while somebody looks: rows change their values under a pointer, never their place.
 */

import { type MaybeRefOrGetter, type Ref, computed, toValue } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useHold } from '../../components/use-hold'
import {
  type Keyed,
  type Sorting,
  type TableColumn,
  formatSorting,
  holdsWords,
  parseSorting,
  sortRows,
} from '../../components/table/columns'

interface Wish<Row> {
  readonly rows: MaybeRefOrGetter<readonly Row[]>
  readonly columns: MaybeRefOrGetter<readonly TableColumn<Row>[]>
  readonly first: Sorting
  /** What the filter looks in. */
  readonly words: (row: Row) => string
}

function textOf(value: unknown): string | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value
  return typeof one === 'string' && one !== '' ? one : undefined
}

/** What `useTable` hands out, for a component that shows it. */
export interface Table<Row> {
  readonly filter: Ref<string>
  readonly look: (text: string) => void
  readonly sorting: Readonly<Ref<Sorting>>
  readonly sortBy: (column: string) => void
  readonly shown: Readonly<Ref<readonly Row[]>>
  readonly hold: () => void
  readonly release: () => void
}

export function useTable<Row extends Keyed>({
  rows,
  columns,
  first,
  words,
}: Wish<Row>): Table<Row> {
  const route = useRoute()
  const router = useRouter()

  function put(change: Record<string, string | undefined>): void {
    void router.replace({ query: { ...route.query, ...change } })
  }

  const filter: Ref<string> = computed({
    get: () => textOf(route.query.q) ?? '',
    set: (text) => put({ q: text === '' ? undefined : text }),
  })
  const look = (text: string): void => {
    filter.value = text
  }
  const sorting = computed(() => parseSorting(textOf(route.query.sort), toValue(columns), first))

  /** The same column again turns it round. */
  function sortBy(column: string): void {
    const down =
      sorting.value.column === column
        ? !sorting.value.down
        : toValue(columns).find(({ id }) => id === column)?.down === true
    const text = formatSorting({ column, down }, toValue(columns))
    put({ sort: text === formatSorting(first, toValue(columns)) ? undefined : text })
  }

  const found = computed(() => toValue(rows).filter((row) => holdsWords(words(row), filter.value)))
  const wanted = computed(() => sortRows(found.value, toValue(columns), sorting.value))
  const places = computed(() => wanted.value.map(({ key }) => key).join('\n'))
  // Another order, or other rows than before, is seen at once, whoever holds.
  const held = useHold(
    places,
    () => `${formatSorting(sorting.value, toValue(columns))} ${filter.value}`,
  )
  const shown = computed(() => {
    const byKey = new Map(wanted.value.map((row) => [row.key, row]))
    const kept = held.shown.value.split('\n').flatMap((key) => byKey.get(key) ?? [])
    const known = new Set(kept)
    return [...kept, ...wanted.value.filter((row) => !known.has(row))]
  })

  return { filter, look, sorting, sortBy, shown, hold: held.hold, release: held.release }
}

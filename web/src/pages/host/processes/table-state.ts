/** Filter and sorting of the process table, kept in the URL: a link shows the same table. */

import { type Ref, computed } from 'vue'
import { type LocationQueryValue, useRoute, useRouter } from 'vue-router'
import { COLUMNS } from './columns'
import { type Column, type Sorting, startsDown } from './rows'

const DEFAULT: Sorting = { column: 'cpu', down: true }

type QueryValue = LocationQueryValue | LocationQueryValue[] | undefined

function textOf(value: QueryValue): string {
  const first = Array.isArray(value) ? value[0] : value
  return first ?? ''
}

/** `cpu`, or `-cpu` for the other way round than a first click sorts. */
export function parseSorting(value: QueryValue): Sorting {
  const text = textOf(value)
  const column = COLUMNS.find(({ id }) => id === text.replace(/^-/, ''))?.id
  if (column === undefined) return DEFAULT
  return { column, down: text.startsWith('-') ? !startsDown(column) : startsDown(column) }
}

export function formatSorting({ column, down }: Sorting): string | undefined {
  if (column === DEFAULT.column && down === DEFAULT.down) return undefined
  return `${down === startsDown(column) ? '' : '-'}${column}`
}

export function useTableState() {
  const route = useRoute()
  const router = useRouter()

  function put(change: Record<string, string | undefined>): void {
    void router.replace({ query: { ...route.query, ...change } })
  }

  const sorting = computed(() => parseSorting(route.query.sort))
  const filter: Ref<string> = computed({
    get: () => textOf(route.query.q),
    set: (text) => put({ q: text === '' ? undefined : text }),
  })

  /** The same column again turns it round. */
  function sortBy(column: Column): void {
    const down = sorting.value.column === column ? !sorting.value.down : startsDown(column)
    put({ sort: formatSorting({ column, down }) })
  }

  return { filter, sorting, sortBy }
}

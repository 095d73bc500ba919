/**
 * Filter, sorting and choice of the process table, kept in the URL: a link shows the same table. What is
 * not understood is left aside, and a note says so.
 */

import { type Ref, computed } from 'vue'
import { type LocationQueryValue, useRoute, useRouter } from 'vue-router'
import { notify } from '../../../components/notices'
import { COLUMNS } from './columns'
import { type Sorting, startsDown } from './rows'

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

/** Whether the address has an order or a choice that makes no sense. */
export function tableFault(sort: QueryValue, sel: QueryValue): string | undefined {
  const order = textOf(sort)
  const known = COLUMNS.some(({ id }) => id === order.replace(/^-/, ''))
  if (order !== '' && !known) return `sort=${order}`
  const choice = textOf(sel)
  return choice === '' || /^\d+$/.test(choice) ? undefined : `sel=${choice}`
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

  /** The process that somebody chose, by its PID. */
  const selected = computed({
    get: () => {
      const pid = textOf(route.query.sel)
      return /^\d+$/.test(pid) ? Number(pid) : undefined
    },
    set: (pid) => put({ sel: pid === undefined ? undefined : String(pid) }),
  })

  const fault = tableFault(route.query.sort, route.query.sel)
  if (fault !== undefined) {
    const text = `The address has something unknown (${fault.slice(0, 60)}). It was left aside.`
    notify({ level: 'info', text, source: 'address' })
  }

  /** The same column again turns it round. */
  function sortBy(id: string): void {
    const column = COLUMNS.find((one) => one.id === id)?.id
    if (column === undefined) return
    const down = sorting.value.column === column ? !sorting.value.down : startsDown(column)
    put({ sort: formatSorting({ column, down }) })
  }

  return { filter, sorting, selected, sortBy }
}

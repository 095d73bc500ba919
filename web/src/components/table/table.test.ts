// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import DataTable from './DataTable.vue'
import { type TableColumn, formatSorting, holdsWords, parseSorting, sortRows } from './columns'

interface Thing {
  readonly key: string
  readonly cpu?: number
}

const columns: TableColumn<Thing>[] = [
  {
    id: 'name',
    title: 'Name',
    from: 'phone',
    text: ({ key }) => key,
    sub: ({ cpu }) => `uses ${String(cpu)}`,
    order: ({ key }) => key,
  },
  {
    id: 'cpu',
    title: 'CPU',
    numeric: true,
    text: ({ cpu }) => String(cpu ?? '–'),
    order: ({ cpu }) => cpu,
    down: true,
  },
]
const rows: Thing[] = [{ key: 'b', cpu: 2 }, { key: 'a' }, { key: 'c', cpu: 7 }]
const keys = (sorted: Thing[]) => sorted.map(({ key }) => key).join('')

it('sorts both ways, unknown last in both', () => {
  expect(keys(sortRows(rows, columns, { column: 'cpu', down: true }))).toBe('cba')
  expect(keys(sortRows(rows, columns, { column: 'cpu', down: false }))).toBe('bca')
})

it('a sorting in the address comes back as it was; nonsense is the usual one', () => {
  const usual = { column: 'name', down: false }
  for (const down of [true, false]) {
    const text = formatSorting({ column: 'cpu', down }, columns)
    expect(parseSorting(text, columns, usual)).toEqual({ column: 'cpu', down })
  }
  expect(parseSorting('price', columns, usual)).toEqual(usual)
  expect(parseSorting(undefined, columns, usual)).toEqual(usual)
})

it('every word has to be somewhere', () => {
  expect(holdsWords('Atlas Debian', 'deb at')).toBe(true)
  expect(holdsWords('Atlas Debian', 'deb mars')).toBe(false)
})

function table(more: object = {}) {
  const sorting = { column: 'cpu', down: true }
  const props = { caption: 'Things', columns, rows, sorting, opens: true, ...more }
  return mount(DataTable<Thing>, { props, attachTo: document.body })
}

it('says how it is sorted, and asks for another order', async () => {
  const one = table()
  const heads = one.findAll('thead th')
  expect(heads.map((head) => head.attributes('aria-sort'))).toEqual(['none', 'descending'])
  await heads[0]?.get('button').trigger('click')
  expect(one.emitted('sort')).toEqual([['name']])
})

it('is walked by arrow keys, and Enter opens the row', async () => {
  const one = table()
  const focused = () => document.activeElement?.querySelector('th')?.textContent.trim()
  one.get<HTMLElement>('tbody tr').element.focus()
  await one.get('tbody tr').trigger('keydown', { key: 'ArrowDown' })
  await new Promise((resolve) => requestAnimationFrame(resolve))
  expect(focused()).toBe('a')
  await one.findAll('tbody tr')[1]?.trigger('keydown', { key: 'Enter' })
  expect(one.emitted('open')).toEqual([[rows[1]]])
})

it('has two lines on a phone', () => {
  const cells = table({ narrow: true }).findAll('tbody tr:first-child > *')
  expect(cells.map((cell) => cell.text())).toEqual(['buses 2'])
})

import { expect, it } from 'vitest'
import { type Entry, type Group, partsOf, sectionsOf } from './entries'

const entry = (group: Group, text: string): Entry => ({
  id: text,
  group,
  text,
  run: () => undefined,
})
const ENTRIES = [
  entry('Pages', 'Now'),
  entry('Pages', 'Activity'),
  entry('Hosts', 'atlas: network'),
  entry('Actions', 'Another theme'),
]

function check(query: string, recent: string[], expected: Record<string, string[]>): void {
  const sections = sectionsOf(ENTRIES, recent, query)
  const told = sections.map(
    ({ title, rows }) => [title, rows.map((row) => row.entry.text)] as const,
  )
  expect(Object.fromEntries(told)).toEqual(expected)
}

it('everything, in its groups, while nothing is typed', () => {
  check('', [], {
    Pages: ['Now', 'Activity'],
    Hosts: ['atlas: network'],
    Actions: ['Another theme'],
  })
})

it('what was chosen lately comes first, and once; what is gone does not come', () => {
  check(' ', ['Another theme', 'gone', 'Now'], {
    Recent: ['Another theme', 'Now'],
    Pages: ['Activity'],
    Hosts: ['atlas: network'],
  })
})

it('what fits, the best first; of equals what was chosen lately', () => {
  check('a', [], { Found: ['Activity', 'atlas: network', 'Another theme'] })
  check('a', ['Another theme'], { Found: ['Another theme', 'Activity', 'atlas: network'] })
  check('xyz', [], {})
})

it('marks the letters that fit', () => {
  expect(partsOf({ entry: entry('Pages', 'Now'), at: [0, 1] })).toEqual([
    { text: 'No', fits: true },
    { text: 'w', fits: false },
  ])
})

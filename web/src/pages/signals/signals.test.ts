import { expect, it } from 'vitest'
import { SignalBook, groupsOf, nameOf } from './book'
import { fitted, pinText, readPin, scaleOf } from './charts'
import { groupOf, pathOf, titleOf } from './names'
import { canAlert, fieldsOf, formatOf, lineOf, textOf } from './values'

it('reads every leaf of a payload, and writes it with the unit that its name ends with', () => {
  const fields = fieldsOf({
    latency: { p95_ms: 84.2 },
    open: true,
    mode: 'run',
    list: [1, 2],
    seen_at_ms: 1,
    none: {},
  })
  expect(fields.map((field) => [field.label, textOf(field), canAlert(field)])).toEqual([
    ['latency / p95_ms', '84\u00a0ms', true],
    ['open', 'yes', true],
    ['mode', 'run', false],
    ['list', '[1,2]', false],
    ['seen_at_ms', '1970-01-01 00:00:00 UTC', false],
    ['none', '{}', false],
  ])
  expect(lineOf({ order: 12, by: 'ann' })).toBe('order 12, by ann')
  expect(lineOf('stopped')).toBe('stopped')
  expect(lineOf(null)).toBe('null')
})

it('writes numbers of which nothing is known as people would', () => {
  const check = (name: string, value: number | undefined, text: string) => {
    expect(formatOf(name)(value)).toBe(text)
  }
  check('waiting', 12_345, '12,345')
  check('ratio', 0.123456, '0.12')
  check('ratio', 0.00234, '0.0023')
  check('power_kw', 2.5, '2.50\u00a0kW')
  check('uptime_seconds', 90, '1\u00a0min 30\u00a0s')
  check('waiting', undefined, '–')
})

it('topics lead to their pages and back', () => {
  expect(pathOf('app/shop/a%20b')).toBe('/signals/shop/a%2520b')
  expect(titleOf('app/shop/a%20b')).toBe('shop/a b')
  expect(titleOf('app/shop/%zz')).toBe('shop/%zz')
  expect(groupOf('app/shop/orders')).toBe('shop')
})

it('keeps the newest of each topic, and a line of its last minutes', () => {
  const book = new SignalBook()
  book.take('app/shop', 'state', 100_000, { waiting: 1 })
  book.take('app/shop', 'state', 110_000, { waiting: 3 })
  book.take('app/shop', 'state', 90_000, { waiting: 9 })
  book.take('app/jobs', 'event', 100_000, 'done')
  expect(book.all().map(({ title, at }) => [title, at])).toEqual([
    ['shop', 110_000],
    ['jobs', 100_000],
  ])
  const name = nameOf('app/shop', ['waiting'])
  book.fill(name, [95_000, 100_000], [2, 7])
  // What came live stays; a state stands until the next one.
  expect(book.spark(name, 115_000)).toEqual([0.5, 0, 0, 1, 1])
  expect(book.spark('none', 115_000)).toEqual([])
  book.take('app/shop', 'state', 120_000, {})
  expect(book.size).toBe(1)
})

it('lists by first word, filtered and bounded', () => {
  const book = new SignalBook()
  for (let i = 0; i < 2_000; i++)
    book.take(`app/g${String(i % 4)}/s${String(i)}`, 'state', 1, { x: i })
  const all = groupsOf(book.all(), '', 60)
  expect([all.found, all.groups.flatMap(({ signals }) => signals).length]).toEqual([2_000, 60])
  const some = groupsOf(book.all(), 'g1 s199', 60)
  expect(some.groups.map(({ name, signals }) => [name, signals.length])).toEqual([['g1', 2]])
  expect(groupsOf(book.all(), 'nothing', 60)).toEqual({ groups: [], found: 0 })
})

it('an axis begins at zero unless nothing would be seen', () => {
  expect(scaleOf([1, 10])).toEqual({ kind: 'amount', least: 0 })
  expect(scaleOf([])).toEqual({ kind: 'amount', least: 0 })
  expect(scaleOf([0, 0])).toEqual({ kind: 'amount', least: 1 })
  expect(scaleOf([-5, 10])).toEqual({ kind: 'whole', top: 15, bottom: -10 })
  const pressure = scaleOf([1010, 1013])
  expect(pressure.kind === 'whole' && (pressure.bottom ?? 0) > 1000).toBe(true)
  expect(scaleOf([4, Number.NaN, 4])).toMatchObject({ kind: 'whole' })
})

it('a state stands where its source was quiet', () => {
  const model = {
    title: 'waiting',
    lines: [{ label: 'waiting', colour: 'series-1' as const }],
    columns: {
      at: Float64Array.of(0, 1_000, 2_000, 60_000),
      values: [Float64Array.of(5, 7, Number.NaN, 1)],
      intervalMs: 1_000,
    },
    fromMs: 0,
    toMs: 60_000,
    scale: { kind: 'amount' as const, least: 0 },
    live: true,
    format: String,
  }
  const { columns, unhatched } = fitted(model)
  expect([...columns.at]).toEqual([0, 1_000, 59_999, 60_000])
  expect([...(columns.values[0] ?? [])]).toEqual([5, 7, 7, 1])
  expect(unhatched).toBe(true)
})

it('a pin names its number, whatever its keys hold', () => {
  const pin = pinText('app/shop/orders', ['a/b', 'c#d'])
  expect(pin).toBe('app/shop/orders#a%2Fb/c%23d')
  expect(readPin(pin)).toEqual({ topic: 'app/shop/orders', path: ['a/b', 'c#d'] })
  expect(readPin('host/a/cpu-modes')).toBeUndefined()
  expect(readPin('app/x')).toBeUndefined()
})

import { expect, test } from 'vitest'
import { numberAt, parseSeriesName, seriesName } from './series_name'

test('names are those of the server, and lead back', () => {
  const check = (topic: string, path: string[], name: string) => {
    expect(seriesName(topic, ...path)).toBe(name)
    expect(parseSeriesName(name)).toEqual({ topic, path })
  }
  check('host/web-1/cpu', ['total_percent'], 'host/web-1/cpu/total_percent')
  check(
    'host/web-1/disks',
    ['filesystems', '/data', 'used_percent'],
    'host/web-1/disks/filesystems/%2Fdata/used_percent',
  )
  check('host/a/processes', ['processes', '1:2', 'x'], 'host/a/processes/processes/1:2/x')
  check('host/a/disks', ["a b!'()*ü"], 'host/a/disks/a%20b%21%27%28%29%2A%C3%BC')
  check('system/metrics', ['process', 'cpu_percent'], 'system/metrics/process/cpu_percent')
})

test('a name of users own signals is known from who made it', () => {
  expect(() => parseSeriesName('app/shop/a/b')).toThrow('names no series')
  expect(parseSeriesName(seriesName('app/shop', 'a', 'b'))).toEqual({
    topic: 'app/shop',
    path: ['a', 'b'],
  })
})

test('what names no field is an error', () => {
  expect(() => parseSeriesName('host/a/cpu')).toThrow('names no series')
  expect(() => parseSeriesName('cpu')).toThrow('names no series')
})

test('only numbers are values', () => {
  const payload = { cores: { '0': { busy_percent: 3 } }, name: 'x', list: [1] }
  const check = (path: string[], expected: number) => expect(numberAt(payload, path)).toBe(expected)
  check(['cores', '0', 'busy_percent'], 3)
  check(['cores', '1', 'busy_percent'], NaN)
  check(['name'], NaN)
  check(['cores'], NaN)
  check(['toString', 'length'], NaN)
})

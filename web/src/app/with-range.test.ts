import { expect, it } from 'vitest'
import { withRange } from './with-range'

function check(to: string, from: string, expected: string | true): void {
  const place = (text: string) => {
    const url = new URL(text, 'http://atlas')
    return { path: url.pathname, hash: '', query: Object.fromEntries(url.searchParams) }
  }
  const led = withRange(place(to), place(from))
  if (led === true) expect(led).toBe(expected)
  else expect(led).toEqual(expected === true ? true : place(expected))
}

it('the time range follows from page to page', () => {
  check('/hosts', '/?t=1h', '/hosts?t=1h')
  check('/hosts?sort=name', '/?from=1&to=2&q=py', '/hosts?sort=name&from=1&to=2')
})

it('a link with a range of its own keeps it', () => {
  check('/hosts?t=5m', '/?t=1h', true)
  check('/hosts?from=1&to=2', '/?t=1h', true)
})

it('on the same page nothing follows', () => {
  check('/', '/?t=1h', true)
})

it('a wall screen stays one', () => {
  check('/hosts?t=5m', '/?kiosk=1&t=1h', '/hosts?t=5m&kiosk=1')
})

import { expect, test } from 'vitest'
import { Ring } from './ring'

function filled(capacity: number, rows: number): Ring {
  const ring = new Ring(capacity, 2)
  for (let i = 1; i <= rows; i++) ring.push([i, i * 10])
  return ring
}

test('any number of rows reads oldest to newest, in one piece', () => {
  for (let rows = 0; rows <= 20; rows++) {
    const kept = Math.min(rows, 5)
    const expected = Array.from({ length: kept }, (_, i) => rows - kept + 1 + i)
    const ring = filled(5, rows)
    expect(ring.length).toBe(kept)
    expect([...ring.view(0)]).toEqual(expected)
    expect([...ring.view(1)]).toEqual(expected.map((value) => value * 10))
  }
})

test('the newest row can be amended, wherever it stands', () => {
  for (let rows = 1; rows <= 12; rows++) {
    const ring = filled(5, rows)
    ring.amend([rows, -1])
    expect(ring.view(1).at(-1)).toBe(-1)
    ring.push([99, 990])
    expect([...ring.view(1)].slice(-2)).toEqual([-1, 990])
  }
  new Ring(5, 1).amend([1])
})

test('nothing is copied, and nothing is left after clearing', () => {
  const ring = filled(5, 7)
  expect(ring.view(0).buffer).toBe(ring.view(1).buffer)
  ring.clear()
  expect(ring.view(0)).toHaveLength(0)
  ring.push([1, 2])
  expect([...ring.view(1)]).toEqual([2])
})

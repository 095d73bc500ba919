import { expect, test } from 'vitest'
import { applyPatch } from './merge_patch.ts'

type Fields = Record<string, unknown>

test('examples of the RFC, as on the server', () => {
  const check = (target: Fields, patch: Fields, expected: Fields) => {
    const before = structuredClone(target)
    expect(applyPatch(target, patch)).toEqual(expected)
    expect(target).toEqual(before)
  }
  check({ a: 'b' }, { a: 'c' }, { a: 'c' })
  check({ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' })
  check({ a: 'b', b: 'c' }, { a: null }, { b: 'c' })
  check({ a: ['b'] }, { a: 'c' }, { a: 'c' })
  check({ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } })
  check({}, { a: { bb: { ccc: null } } }, { a: { bb: {} } })
  check({ a: 'b' }, { a: { b: 1 } }, { a: { b: 1 } })
  check({ a: { b: 1 } }, { a: [1] }, { a: [1] })
  check({ a: 1 }, { b: null }, { a: 1 })
})

test('what did not change stays the same object', () => {
  const state = { cores: { '0': { busy: 1 }, '1': { busy: 2 } }, load: { one: 0 } }
  const next = applyPatch(state, { cores: { '1': { busy: 3 } } }) as typeof state
  expect(next).not.toBe(state)
  expect(next.cores['0']).toBe(state.cores['0'])
  expect(next.load).toBe(state.load)
  expect(next.cores['1']).toEqual({ busy: 3 })
})

test('a patch without change gives the very same state', () => {
  const state = { a: 1, b: { c: 'd' } }
  expect(applyPatch(state, {})).toBe(state)
  expect(applyPatch(state, { a: 1, b: { c: 'd' } })).toBe(state)
  expect(applyPatch(state, { missing: null, b: { missing: null } })).toBe(state)
})

test('a key that looks like the prototype does no harm', () => {
  const patch = JSON.parse(
    '{"__proto__": {"polluted": true}, "a": {"__proto__": {"polluted": 1}}}',
  ) as Fields
  const next = applyPatch({ a: {} }, patch)
  expect(next.polluted).toBeUndefined()
  expect(({} as Fields).polluted).toBeUndefined()
  expect(next).toEqual({ a: {} })
  // Names that every object inherits are no values.
  expect(applyPatch({}, { constructor: { a: 1 } })).toEqual({ constructor: { a: 1 } })
})

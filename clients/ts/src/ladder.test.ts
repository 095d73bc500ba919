import { expect, test } from 'vitest'
import { Ladder } from './ladder.ts'

test('two blocked sockets lead to the stream, one blocked stream to polling', () => {
  const ladder = new Ladder()
  expect(ladder.blocked(false)).toBe(false)
  expect(ladder.blocked(false)).toBe(true)
  expect(ladder.way).toBe('stream')
  expect(ladder.blocked(false)).toBe(true)
  expect(ladder.way).toBe('poll')
  expect(ladder.blocked(false)).toBe(false)
  expect(ladder.way).toBe('poll')
})

test('a way that held, or nothing that answers, forgets the failures', () => {
  const ladder = new Ladder()
  ladder.blocked(false)
  ladder.reach('socket')
  ladder.settle()
  expect(ladder.blocked(false)).toBe(false)
  ladder.startOver()
  expect(ladder.blocked(false)).toBe(false)
  expect(ladder.way).toBe('socket')
})

test('one that opens and does not hold is as good as blocked', () => {
  const ladder = new Ladder()
  ladder.blocked(true)
  ladder.reach('socket')
  expect(ladder.blocked(true)).toBe(true)
  ladder.reach('stream')
  expect(ladder.blocked(true)).toBe(false)
  expect(ladder.blocked(true)).toBe(true)
  expect(ladder.way).toBe('poll')
})

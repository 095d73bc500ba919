import { describe, expect, test } from 'vitest'
import type { Envelope, Position } from './generated/types.ts'
import { Held, NOWHERE, type Verdict } from './held.ts'

const CPU = 'host/a/cpu'
const PROCESS = 'host/a/process'

function state([epoch, offset]: Position, content: { full: object } | { patch: object }): Envelope {
  return { topic: CPU, type: 'state', ts: offset, epoch, offset, ...content } as Envelope
}

function event([epoch, offset]: Position, data: unknown = started): Envelope {
  return { topic: PROCESS, type: 'event', ts: offset, epoch, offset, data }
}

const started = { change: 'started', key: '1:1', pid: 1, parent_pid: 0, name: 'init' }

describe('state', () => {
  const check = (given: Envelope[], expected: Verdict['is'][], value?: object) => {
    const held = new Held(300)
    expect(given.map((envelope) => held.take(envelope).is)).toEqual(expected)
    if (value) expect(held.state(CPU)?.value).toEqual(value)
    return held
  }
  const full = { full: { cores: {}, load_1m: 1 } }

  test('a patch changes the value that it was made for', () => {
    check([state([1, 1], full), state([1, 2], { patch: { load_1m: 2 } })], ['state', 'state'], {
      cores: {},
      load_1m: 2,
    })
  })

  test('offsets may leap: patches are merged for who is slow', () => {
    check([state([1, 1], full), state([1, 9], { patch: {} })], ['state', 'state'])
  })

  test('nothing is applied twice, nor out of order', () => {
    const patch = { patch: { load_1m: 2 } }
    const newer = state([1, 3], { patch: { load_1m: 3 } })
    check(
      [state([1, 1], full), newer, newer, state([1, 2], patch), state([1, 3], full)],
      ['state', 'state', 'duplicate', 'duplicate', 'duplicate'],
      { cores: {}, load_1m: 3 },
    )
  })

  test('a patch without its base is unfounded', () => {
    check([state([1, 1], { patch: {} })], ['unfounded'])
    check([state([1, 5], full), state([2, 6], { patch: {} })], ['state', 'unfounded'])
  })

  test('a new epoch begins with a full value, whatever its offset', () => {
    check([state([5, 9], full), state([6, 1], { full: { cores: {} } })], ['state', 'state'], {
      cores: {},
    })
  })

  test('a bad value is not shown, nor what is built on it, until a good one comes', () => {
    const held = check(
      [
        state([1, 1], full),
        state([1, 2], { patch: { cores: null } }),
        state([1, 3], { patch: { load_1m: 2 } }),
        state([1, 2], full),
        state([1, 3], full),
      ],
      ['state', 'bad', 'unfounded', 'state', 'state'],
    )
    expect(held.positions().get(CPU)).toEqual([1, 3])
  })

  test('after a bad value the full one is asked for on resuming', () => {
    const held = check([state([1, 1], { full: { load_1m: 1 } })], ['bad'])
    expect(held.positions().get(CPU)).toEqual(NOWHERE)
  })

  test('an empty value says that there is none any more', () => {
    const held = check(
      [
        state([1, 1], { full: { cores: {} } }),
        state([1, 2], { patch: { cores: null } }),
        state([1, 3], { patch: { cores: {} } }),
        state([1, 3], { full: { cores: {} } }),
      ],
      ['state', 'state', 'unfounded', 'state'],
    )
    expect(held.allStates()).toHaveLength(1)
    held.take(state([1, 4], { full: {} }))
    expect([...held.positions().keys()]).toEqual([])
  })
})

describe('events', () => {
  const check = (given: Envelope[], expected: (string | undefined)[]) => {
    const held = new Held(3)
    const told = given.map((envelope) => {
      const verdict = held.take(envelope)
      return verdict.is === 'event' && verdict.lost ? verdict.lost.reason : verdict.is
    })
    expect(told).toEqual(expected)
    return held
  }

  test('each counts once', () => {
    check(
      [event([1, 1]), event([1, 2]), event([1, 2]), event([1, 1]), event([1, 3])],
      ['event', 'event', 'duplicate', 'duplicate', 'event'],
    )
  })

  test('a hole that nobody told is told', () => {
    check([event([1, 1]), event([1, 4])], ['event', 'overrun'])
    check([event([1, 7]), event([2, 1])], ['event', 'new_epoch'])
  })

  test('a told gap moves on without another', () => {
    const held = check([event([1, 1])], ['event'])
    held.takeGap(PROCESS, { from: [1, 1], to: [2, 5], reason: 'new_epoch' })
    expect(held.take(event([2, 5]))).toMatchObject({ is: 'event' })
    expect(held.take(event([2, 5]))).toEqual({ is: 'duplicate' })
  })

  test('late listeners get the newest, and no more than the bound', () => {
    const held = check(
      [1, 2, 3, 4].map((n) => event([1, n])),
      ['event', 'event', 'event', 'event'],
    )
    expect(held.allEvents().map(({ position }) => position[1])).toEqual([2, 3, 4])
  })

  test('a bad event is told, and the next one is no hole', () => {
    check([event([1, 1], { change: 'melted' }), event([1, 2])], ['bad', 'event'])
  })
})

test('what nobody wants is forgotten', () => {
  const held = new Held(3)
  held.take(state([1, 1], { full: { cores: {} } }))
  held.take(event([1, 1]))
  held.forget((topic) => topic === CPU)
  expect([...held.positions().keys()]).toEqual([PROCESS])
})

test('what did not come back after a restart is no more, and events stay', () => {
  const held = new Held(300)
  held.take(state([1, 4], { full: { cores: {}, load_1m: 1 } }))
  held.take(event([1, 3]))
  const gone = held.take(state([2, 0], { full: {} }))
  expect(gone).toMatchObject({ is: 'state', state: { topic: CPU, value: {} } })
  expect(held.state(CPU)).toBeUndefined()
  // Whether the other one held events the server does not know any more.
  const other: Envelope = { ...state([2, 0], { full: {} }), topic: PROCESS }
  expect(held.take(other).is).toBe('duplicate')
  expect(held.allEvents()).toHaveLength(1)
  expect(held.take(event([2, 1]))).toMatchObject({ is: 'event', lost: { reason: 'new_epoch' } })
})

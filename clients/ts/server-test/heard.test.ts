/** The judge of the other tests finds what it is there to find. */
import { expect, test } from 'vitest'
import { type Heard, type Published, faultIn, isAtEnd } from './heard.ts'

const event = (offset: number, epoch = 7): Heard => ({
  is: 'event',
  topic: 'e',
  position: [epoch, offset],
  data: { n: offset },
})
const gap = (offset: number, epoch = 7): Heard => ({
  is: 'gap',
  topic: 'e',
  to: [epoch, offset],
  reason: 'overrun',
})
const state = (value: unknown): Heard => ({ is: 'state', topic: 's', value })
const published: Published = {
  events: new Map([['e', [1, 2, 3, 4].map((n) => ({ position: [7, n], data: { n } }))]]),
  states: new Map([['s', { a: 1, b: 2 }]]),
}
const whole = [event(1), event(2), state({ a: 1 }), event(3), event(4), state({ b: 2, a: 1 })]

test('what is whole is whole', () => {
  for (const heard of [
    whole,
    whole.slice(1),
    [event(1), gap(4), event(4), state({ a: 1, b: 2 })],
  ]) {
    expect(faultIn(heard, published)).toBeUndefined()
    expect(isAtEnd(heard, published)).toBe(true)
  }
})

test('what is lost, repeated, in the wrong order, wrong or old is found', () => {
  const check = (heard: readonly Heard[], part: string) => {
    expect(faultIn([...heard], published)).toContain(part)
  }
  const newest = state({ a: 1, b: 2 })
  check([event(1), event(3), event(4), newest], '7,3 came where 7,2')
  check([event(1), event(1), event(2), newest], '7,1 came where 7,2')
  check([event(2), event(1), newest], '7,1 came where 7,3')
  check([event(1), gap(3), event(4), newest], '7,4 came where 7,3')
  check([event(3), gap(2), event(2), newest], 'leads back')
  check([event(1), event(2), event(3), newest], 'ends before 7,4')
  check([newest], 'ends before it began')
  check([event(4), event(5), newest], 'nothing was published at 7,5')
  check([{ ...event(4), data: { n: 9 } } as Heard, newest], 'is {"n":9}')
  check([event(4), newest, state({ a: 1 })], 's ends at {"a":1}')
  expect(isAtEnd(whole.slice(0, -1), published)).toBe(false)
  expect(isAtEnd(whole.slice(0, 4), published)).toBe(false)
})

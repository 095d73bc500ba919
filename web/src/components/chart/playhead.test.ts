import { expect, it } from 'vitest'
import { type Playhead, edgeAt, follow } from './playhead'

const SECOND = 1000

/** Feeds one sample a second, each late by what `late` says, and returns the edge's error after each. */
function run(late: (n: number) => number, samples: number): number[] {
  let head: Playhead | undefined
  const errors: number[] = []
  for (let n = 0; n < samples; n += 1) {
    const now = n * SECOND + late(n)
    head = follow(head, n * SECOND, SECOND, now)
    errors.push(edgeAt(head, now) - (now - late(n) - 1.5 * SECOND))
  }
  return errors
}

it('trails the newest sample by one and a half intervals', () => {
  expect(run(() => 0, 10).every((error) => error === 0)).toBe(true)
})

it('jitter of half an interval never shows the end of the picture', () => {
  const errors = run((n) => (n % 2 === 0 ? 0 : 500), 60)
  // The edge stays behind the newest sample.
  expect(Math.max(...errors)).toBeLessThan(1.5 * SECOND)
})

it('drift is caught up within a tenth, without a jump', () => {
  const errors = run((n) => n * 20, 200)
  for (let n = 1; n < errors.length; n += 1) {
    expect(Math.abs((errors[n] ?? 0) - (errors[n - 1] ?? 0))).toBeLessThan(150)
  }
  expect(Math.abs(errors.at(-1) ?? 0)).toBeLessThan(400)
})

it('after a hole it starts over', () => {
  const head = follow(undefined, 0, SECOND, 0)
  expect(follow(head, 60_000, SECOND, 66_000)).toEqual({
    timeMs: 58_500,
    madeAtMs: 66_000,
    rate: 1,
  })
})

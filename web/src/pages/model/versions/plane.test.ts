import { expect, it } from 'vitest'
import { areaUnder, pathOf, sampled } from './plane'

it('a curve starts at the bottom left and ends at the top right', () => {
  expect(
    pathOf([
      [0, 0],
      [0.5, 1],
      [1, 1],
    ]),
  ).toBe('M0.0 200.0L100.0 0.0L200.0 0.0')
})

it('the diagonal encloses a half, whatever the order of its points', () => {
  expect(
    areaUnder([
      [1, 1],
      [0, 0],
    ]),
  ).toBe(0.5)
  expect(areaUnder([])).toBe(0)
})

it('a long curve keeps its ends', () => {
  const long = Array.from({ length: 201 }, (_, i) => [i / 200, i / 200] as const)
  const few = sampled(long, 11)
  expect([few.length, few[0], few.at(-1)]).toEqual([11, [0, 0], [1, 1]])
})

import { expect, it } from 'vitest'
import { logarithmic } from './logarithmic'

it('stands on a power of ten, reaches above the highest, and leads back', () => {
  const { values, top, back } = logarithmic([
    Float64Array.of(5, 0.02, 0),
    Float64Array.of(Number.NaN),
  ])
  expect(top).toBe(3)
  expect(back(0)).toBeCloseTo(0.01)
  expect(back(top)).toBeCloseTo(10)
  const [first] = values
  expect(back(first![0]!)).toBeCloseTo(5)
  expect(back(first![1]!)).toBeCloseTo(0.02)
  expect(first![2]).toBeNaN()
})

it('has an axis without any value, too', () => {
  expect(logarithmic([new Float64Array()]).top).toBe(1)
})

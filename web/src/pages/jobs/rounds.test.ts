import { describe, expect, it } from 'vitest'
import { fitsOf, nearestPoint, placeOn, roundAxis, valueAxis } from './rounds'

const point = (fit: number, round: number, validation: number, train?: number) => ({
  fit,
  round,
  validation_loss: validation,
  ...(train === undefined ? {} : { train_loss: train }),
})

describe('fits', () => {
  it('stand in their order, each with its rounds in order and its best one', () => {
    const fits = fitsOf([point(2, 1, 0.6), point(1, 3, 0.5, 0.3), point(1, 1, 0.7, 0.6)])
    expect(fits.map(({ fit }) => fit)).toEqual([1, 2])
    expect(fits[0]?.validation).toEqual([
      [1, 0.7],
      [3, 0.5],
    ])
    expect(fits[0]?.best).toEqual([3, 0.5])
    expect(fits[1]?.train).toEqual([])
  })

  it('are none without a round', () => {
    expect(fitsOf([])).toEqual([])
  })
})

describe('the axis of values', () => {
  it('goes from zero to a round number above the highest', () => {
    expect(valueAxis([0.19, 0.66], false)).toMatchObject({ low: 0, ticks: [0, 0.2, 0.4, 0.6, 0.8] })
    expect(valueAxis([0.19, 0.66], false).high).toBeCloseTo(0.8)
    expect(valueAxis([5_150], false).high).toBeGreaterThanOrEqual(5_150)
  })

  it('ends where its whole ends', () => {
    expect(valueAxis([85], false, 100)).toMatchObject({ high: 100, ticks: [0, 50, 100] })
  })

  it('in powers holds the lowest and the highest, with ticks between them', () => {
    const axis = valueAxis([0.02, 1.5, 0], true)
    expect(axis.logarithmic).toBe(true)
    expect(axis.ticks).toEqual([0.02, 0.05, 0.1, 0.2, 0.5, 1])
    expect(placeOn(axis, 0.02)).toBeGreaterThan(0)
    expect(placeOn(axis, 1.5)).toBeLessThan(1)
    // A narrow range has no power of ten in it: plain steps then.
    expect(valueAxis([0.31, 0.34], true).ticks.length).toBeGreaterThan(1)
  })

  it('stands also where nothing is known', () => {
    expect(valueAxis([Number.NaN], true)).toMatchObject({ low: 0, high: 1 })
  })
})

it('rounds are whole', () => {
  expect(roundAxis([1, 2, 3], 10).ticks.every(Number.isInteger)).toBe(true)
  expect(roundAxis([87], 5).ticks).toEqual([1, 20, 40, 60, 80])
})

it('the point that is pointed at is the nearest; without one the last', () => {
  const points = [
    [1, 5],
    [3, 4],
    [9, 6],
  ] as const
  expect(nearestPoint(points, 4)).toEqual([3, 4])
  expect(nearestPoint(points, undefined)).toEqual([9, 6])
  expect(nearestPoint([], 4)).toBeUndefined()
})

import { expect, it } from 'vitest'
import { type Pen, strokeColumn } from './stroke'

/** A box of 100 by 100 pixels that shows 0 to 100 s and 0 to 100. */
const FRAME = {
  fromMs: 0,
  toMs: 100_000,
  bottom: 0,
  top: 100,
  box: { left: 0, top: 0, width: 100, height: 100 },
}

/** What is drawn of rows of [second, value]: each stroke as the places that the pen went to. */
function strokesOf(rows: readonly (readonly [number, number])[], inOnePiece = false): number[][][] {
  const strokes: number[][][] = []
  let path: number[][] = []
  const go = (x: number, y: number): void => void path.push([x, y])
  const pen: Pen = {
    beginPath: () => (path = []),
    moveTo: go,
    lineTo: go,
    stroke: () => void strokes.push(path),
  }
  const column = { at: rows.map(([at]) => at * 1_000), values: rows.map(([, value]) => value) }
  strokeColumn(pen, column, [0, rows.length - 1], FRAME, inOnePiece)
  return strokes
}

const zigzag = Array.from({ length: 10 }, (_, i) => [10 * i, i % 2 === 0 ? 0 : 50] as const)

it('a line goes through all its corners, on whole pixels', () => {
  const rows = [
    [0, 0],
    [10.4, 49.8],
    [20, 100],
  ] as const
  expect(strokesOf(rows, true)).toEqual([
    [
      [0, 100],
      [10, 50],
      [20, 0],
    ],
  ])
})

it('in pieces it is the same line, and each begins on the last stretch of the one before', () => {
  const [whole = []] = strokesOf(zigzag, true)
  const pieces = strokesOf(zigzag)
  expect(pieces.map(({ length }) => length)).toEqual([5, 6, 3])
  const [first = [], ...others] = pieces
  expect([...first, ...others.flatMap((piece) => piece.slice(2))]).toEqual(whole)
  for (const [start = [], joint = []] of others) {
    expect(whole).toContainEqual(joint)
    const before = whole[whole.findIndex(([x]) => x === joint[0]) - 1] ?? []
    const [x = 0, y = 0] = start
    const [dx, dy] = [(joint[0] ?? 0) - x, (joint[1] ?? 0) - y]
    expect(Math.hypot(dx, dy)).toBeCloseTo(1)
    // On the line between both corners.
    expect(dx * ((joint[1] ?? 0) - (before[1] ?? 0))).toBeCloseTo(
      dy * ((joint[0] ?? 0) - (before[0] ?? 0)),
    )
  }
})

it('a hole lifts the pen, and a single value draws no line', () => {
  const rows = [
    [0, 10],
    [10, 20],
    [20, Number.NaN],
    [30, 30],
    [40, Number.NaN],
    [50, 40],
    [60, 50],
  ] as const
  expect(strokesOf(rows)).toEqual([
    [
      [0, 90],
      [10, 80],
    ],
    [
      [50, 60],
      [60, 50],
    ],
  ])
})

it('a level stretch is one segment', () => {
  const rows = Array.from({ length: 50 }, (_, i) => [i, i < 49 ? 20 : 30] as const)
  expect(strokesOf(rows)).toEqual([
    [
      [0, 80],
      [48, 80],
      [49, 70],
    ],
  ])
})

it('of many values in one pixel column the extremes are drawn, and where they end', () => {
  const rows = [
    [10, 50],
    [20.0, 50],
    [20.1, 90],
    [20.2, 10],
    [20.3, 60],
    [30, 50],
  ] as const
  expect(strokesOf(rows, true)).toEqual([
    [
      [10, 50],
      [20, 50],
      [20, 10],
      [20, 90],
      [20, 40],
      [30, 50],
    ],
  ])
})

it('a long line is drawn whole', () => {
  const rows = Array.from({ length: 2_000 }, (_, i) => [i / 10, i % 2 === 0 ? 0 : 99] as const)
  const drawn = strokesOf(rows, true).flat()
  expect(drawn.at(0)).toEqual([0, 100])
  expect(drawn.at(-1)).toEqual([200, 1])
})

/**
 * stroke: how a line comes onto the canvas: corners on whole pixels, and only those that are seen; then
 * a few of them at a time. Without a graphics processor, what painting a path costs grows much faster
 * than its corners: every corner cuts its row of pixels once more, and each cut asks all edges that
 * cross it. A restless line of 120 points costs half as much in pieces; a calm one the same.
 * Enters: columns and the window that they are seen through. Leaves: strokes.
 */

/** What a canvas does here. */
export type Pen = Pick<CanvasRenderingContext2D, 'beginPath' | 'moveTo' | 'lineTo' | 'stroke'>

/** Where values stand: the ends of both scales, and the box between them in pixels of the canvas. */
export interface Frame {
  readonly fromMs: number
  readonly toMs: number
  readonly bottom: number
  readonly top: number
  readonly box: { readonly left: number; readonly top: number; width: number; height: number }
}

/** Segments of a piece: fewer cost more calls, more cost more painting (both measured). */
const PIECE = 4

/** Corners of a line without a hole; both grow to the longest line and are used again. */
let xs = new Float64Array(256)
let ys = new Float64Array(256)
let corners = 0

/**
 * Draws the rows from `first` to `last`; a row of NaN lifts the pen. In one piece where the pattern of
 * a dash has to run on, or the line is as thin as a pixel, which is painted without a path.
 */
export function strokeColumn(
  pen: Pen,
  column: { readonly at: ArrayLike<number>; readonly values: ArrayLike<number | null | undefined> },
  rows: readonly [first: number, last: number],
  frame: Frame,
  inOnePiece: boolean,
): void {
  const { at, values } = column
  const { left, top, width, height } = frame.box
  const perMs = width / (frame.toMs - frame.fromMs)
  const perUnit = height / (frame.top - frame.bottom)
  const foot = top + height
  const piece = inOnePiece ? Infinity : PIECE

  /** The pixel column that is being filled: where it is, where the line came in, its ends, its way out. */
  let x = Number.NaN
  let [came, high, low, out] = [0, 0, 0, 0]
  const leaveColumn = (): void => {
    if (high !== low) {
      if (high !== came && high !== out) corner(x, high)
      if (low !== came && low !== out) corner(x, low)
      corner(x, out)
    }
    high = low
  }
  const lift = (): void => {
    leaveColumn()
    strokePieces(pen, piece)
    corners = 0
    x = Number.NaN
  }

  const [first, last] = rows
  for (let row = first; row <= last; row += 1) {
    const value = values[row] ?? Number.NaN
    if (Number.isNaN(value)) {
      lift()
      continue
    }
    const nextX = Math.round(left + ((at[row] ?? 0) - frame.fromMs) * perMs)
    const y = Math.round(foot - (value - frame.bottom) * perUnit)
    if (nextX === x) {
      if (y < high) high = y
      if (y > low) low = y
      out = y
      continue
    }
    leaveColumn()
    corner(nextX, y)
    x = nextX
    came = high = low = out = y
  }
  lift()
}

/** Notes a corner; one in the middle of a level stretch is none. */
function corner(x: number, y: number): void {
  if (corners > 1 && ys[corners - 1] === y && ys[corners - 2] === y) {
    xs[corners - 1] = x
    return
  }
  if (corners === xs.length) {
    const [shortXs, shortYs] = [xs, ys]
    xs = new Float64Array(2 * corners)
    ys = new Float64Array(2 * corners)
    xs.set(shortXs)
    ys.set(shortYs)
  }
  xs[corners] = x
  ys[corners] = y
  corners += 1
}

function strokePieces(pen: Pen, piece: number): void {
  const last = corners - 1
  for (let start = 0; start < last; start += piece) {
    const [x, y] = [xs[start] ?? 0, ys[start] ?? 0]
    pen.beginPath()
    if (start === 0) pen.moveTo(x, y)
    else {
      // A pixel of the piece before, so that the corner between both is joined like any other.
      const [backX, backY] = [(xs[start - 1] ?? 0) - x, (ys[start - 1] ?? 0) - y]
      const length = Math.hypot(backX, backY)
      pen.moveTo(x + backX / length, y + backY / length)
      pen.lineTo(x, y)
    }
    const end = Math.min(last, start + piece)
    for (let i = start + 1; i <= end; i += 1) pen.lineTo(xs[i] ?? 0, ys[i] ?? 0)
    pen.stroke()
  }
}

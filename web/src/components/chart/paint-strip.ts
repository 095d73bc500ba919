/** Draws one strip: a line with a faint area under it, broken and hatched where samples are missing. */

import { gapsOf } from './gaps'

export interface Strip {
  readonly width: number
  readonly height: number
  /** The time at the right edge of the picture. */
  readonly endMs: number
  readonly pixelsPerMs: number
  readonly at: ArrayLike<number>
  readonly values: ArrayLike<number>
  readonly intervalMs: number
  readonly top: number
  readonly line: string
  readonly fill: string
  readonly hatch: string
}

const LINE = 1.5

export function paintStrip(canvas: HTMLCanvasElement, strip: Strip): void {
  const scale = window.devicePixelRatio || 1
  canvas.width = Math.round(strip.width * scale)
  canvas.height = Math.round(strip.height * scale)
  canvas.style.width = `${String(strip.width)}px`
  canvas.style.height = `${String(strip.height)}px`
  const context = canvas.getContext('2d')
  if (!context) return
  context.scale(scale, scale)
  const x = (ms: number): number => strip.width - (strip.endMs - ms) * strip.pixelsPerMs
  const y = (value: number): number =>
    strip.height - LINE / 2 - (Math.min(value, strip.top) / strip.top) * (strip.height - 2 * LINE)
  for (const gap of gapsOf(strip.at, strip.values, strip.intervalMs)) {
    hatch(context, x(gap.fromMs), x(gap.toMs), strip.height, strip.hatch)
  }
  for (const run of runs(strip)) {
    context.beginPath()
    for (const i of run) context.lineTo(x(strip.at[i] ?? 0), y(strip.values[i] ?? 0))
    context.strokeStyle = strip.line
    context.lineWidth = LINE
    context.lineJoin = 'bevel'
    context.stroke()
    context.lineTo(x(strip.at[run.at(-1) ?? 0] ?? 0), strip.height)
    context.lineTo(x(strip.at[run[0] ?? 0] ?? 0), strip.height)
    context.fillStyle = strip.fill
    context.fill()
  }
}

/** Rows that belong together, without a gap between them. */
function runs(strip: Strip): number[][] {
  const starts = new Set(gapsOf(strip.at, strip.values, strip.intervalMs).map((gap) => gap.toMs))
  const all: number[][] = []
  let current: number[] = []
  for (let i = 0; i < strip.at.length; i += 1) {
    const value = strip.values[i]
    if (value === undefined || Number.isNaN(value)) continue
    if (starts.has(strip.at[i] ?? Number.NaN)) {
      all.push(current)
      current = []
    }
    current.push(i)
  }
  all.push(current)
  return all.filter((run) => run.length > 0)
}

/** Slanted lines over a stretch of time that nobody knows. */
export function hatch(
  context: CanvasRenderingContext2D,
  from: number,
  to: number,
  height: number,
  colour: string,
  top = 0,
): void {
  context.save()
  context.beginPath()
  context.rect(from, top, to - from, height)
  context.clip()
  context.beginPath()
  for (let at = from - height; at < to; at += 6) {
    context.moveTo(at, top + height)
    context.lineTo(at + height, top)
  }
  context.strokeStyle = colour
  context.lineWidth = 1
  context.stroke()
  context.restore()
}

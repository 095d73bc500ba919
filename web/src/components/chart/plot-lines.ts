/**
 * plot-lines: the lines of a drawing. uPlot paints what lies below them; the lines themselves are drawn
 * here, since it strokes each in one path, which is what fifty live charts spend most on.
 */

import uPlot from 'uplot'
import { strokeColumn } from './stroke'

export function nothingBelow(): null {
  return null
}

/** The area down to the axis or to the next line of a stack, without the line. */
export function areaBelow(
  self: uPlot,
  series: number,
  first: number,
  last: number,
): uPlot.Series.Paths | null {
  const paths = uPlot.paths.linear?.()(self, series, first, last)
  return paths ? { ...paths, stroke: null } : null
}

export interface LineLook {
  readonly colour: string
  readonly width: number
  readonly dash?: readonly number[] | undefined
}

/** Draws one line over what is below it. */
export function strokeLine(self: uPlot, series: number, look: LineLook): void {
  const { ctx, bbox, data, scales } = self
  const values = data[series]
  const [first, last] = self.series[0]?.idxs ?? []
  const { min: fromMs, max: toMs } = scales.x ?? {}
  const { min: bottom, max: top } = scales.y ?? {}
  if (!values || first === undefined || last === undefined) return
  if (fromMs === undefined || toMs === undefined || bottom === undefined || top === undefined)
    return
  const width = look.width * devicePixelRatio
  // Corners are whole pixels: this puts the edges of a line on them, where it is level.
  const offset = (width % 2) / 2
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left - 1, bbox.top - 1, bbox.width + 2, bbox.height + 2)
  ctx.clip()
  ctx.translate(offset, offset)
  ctx.strokeStyle = look.colour
  ctx.lineWidth = width
  // Rounding the corners of a line this thin is not seen, and costs a fifth more.
  ctx.lineJoin = 'bevel'
  ctx.setLineDash((look.dash ?? []).map((one) => one * devicePixelRatio))
  strokeColumn(
    ctx,
    { at: data[0], values },
    // One row more at each end, so that the line comes in at the edge.
    [Math.max(0, first - 1), Math.min(data[0].length - 1, last + 1)],
    { fromMs, toMs, bottom, top, box: bbox },
    look.dash !== undefined || width <= 1,
  )
  ctx.restore()
}

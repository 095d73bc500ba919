/**
 * picture: a chart, or lanes on one clock, as an image of twice the usual resolution: title, host, range
 * and legend stand on it, in the colours of the theme that is shown. Drawn anew from the numbers, since
 * what is on the screen is as small as the screen.
 */

import { utc } from '../../format/format'
import { type Token, colourOf, faint } from '../chart/colours'
import { gapsOf } from '../chart/gaps'
import { paintHeat, palette } from '../chart/heat'
import { type ChartModel, bottomOf, hasGaps, stack, topOf } from '../chart/model'
import { hatch } from '../chart/paint-strip'

export interface PictureWish {
  readonly title: string
  readonly models: readonly ChartModel[]
  /** Rows of lightness instead of lines. */
  readonly heat?: boolean
}

const SCALE = 2
const WIDTH = 1000
const MARGIN = 24
const HEAD = 64
const LEGEND = 36
const GUTTER = 88
const AXIS = 28
const LANE = { one: 320, many: 120 } as const
const TICKS = 6
const DAY_MS = 86_400_000

type Box = Readonly<{ x: number; y: number; width: number; height: number }>

function font(context: CanvasRenderingContext2D, px: number, weight = 400): void {
  context.font = `${String(weight)} ${String(px)}px ${getComputedStyle(document.body).fontFamily}`
}

function write(
  context: CanvasRenderingContext2D,
  text: string,
  at: { x: number; y: number; colour?: Token; align?: CanvasTextAlign },
): void {
  context.fillStyle = colourOf(at.colour ?? 'fg-2')
  context.textAlign = at.align ?? 'left'
  context.fillText(text, at.x, at.y)
}

export async function pictureOf(wish: PictureWish): Promise<Blob> {
  const { models, heat } = wish
  const laneHeight = models.length === 1 ? LANE.one : LANE.many
  const height = HEAD + models.length * (laneHeight + LEGEND) + AXIS + MARGIN
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH * SCALE
  canvas.height = height * SCALE
  const context = canvas.getContext('2d')
  if (!context) throw new Error('this browser gives no canvas')
  context.scale(SCALE, SCALE)
  context.fillStyle = colourOf('surface')
  context.fillRect(0, 0, WIDTH, height)
  paintHead(context, wish)
  models.forEach((model, i) => {
    const y = HEAD + i * (laneHeight + LEGEND)
    const box = {
      x: MARGIN + GUTTER,
      y: y + LEGEND,
      width: WIDTH - 2 * MARGIN - GUTTER,
      height: laneHeight,
    }
    paintLegend(context, model, { ...box, y, x: MARGIN }, models.length > 1, heat === true)
    if (heat === true) paintRows(context, model, box)
    else paintLines(context, model, box)
    if (i === models.length - 1) paintTimes(context, model, box)
  })
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture came out'))))
  })
}

function paintHead(context: CanvasRenderingContext2D, { title, models }: PictureWish): void {
  const [first] = models
  context.textBaseline = 'alphabetic'
  font(context, 18, 600)
  write(context, title, { x: MARGIN, y: 34, colour: 'fg' })
  font(context, 12)
  const range = first ? `${utc(first.fromMs)} to ${utc(first.toMs)}` : ''
  write(context, [first?.source, range].filter(Boolean).join(', '), { x: MARGIN, y: 54 })
  write(context, 'Bellwether', { x: WIDTH - MARGIN, y: 34, colour: 'fg-3', align: 'right' })
}

function paintLegend(
  context: CanvasRenderingContext2D,
  model: ChartModel,
  box: Box,
  named: boolean,
  heat: boolean,
): void {
  let { x } = box
  const y = box.y + 24
  if (named) {
    font(context, 12, 600)
    write(context, model.title, { x, y, colour: 'fg' })
    x += context.measureText(model.title).width + 20
  }
  font(context, 12)
  if (heat) {
    write(context, `${String(model.lines.length)} rows, from idle to busy`, { x, y })
    return
  }
  for (const line of model.lines) {
    context.strokeStyle = colourOf(line.colour)
    context.lineWidth = 2.5
    context.setLineDash([...(line.dash ?? [])])
    context.beginPath()
    context.moveTo(x, y - 4)
    context.lineTo(x + 16, y - 4)
    context.stroke()
    context.setLineDash([])
    write(context, line.label, { x: x + 22, y })
    x += 22 + context.measureText(line.label).width + 20
  }
}

function paintLines(context: CanvasRenderingContext2D, model: ChartModel, box: Box): void {
  const { at, values, intervalMs, band } = model.columns
  const drawn = model.stacked === true ? stack(values) : values
  const top = topOf(model.scale, [...drawn, ...(band ? [band.high] : [])])
  const x = (ms: number): number =>
    box.x + ((ms - model.fromMs) / (model.toMs - model.fromMs)) * box.width
  const bottom = bottomOf(model.scale)
  const y = (value: number): number =>
    box.y + box.height * (1 - (Math.min(value, top * 1.01) - bottom) / (top - bottom))

  font(context, 11)
  for (const share of [0, 0.5, 1]) {
    const tick = bottom + (top - bottom) * share
    const line = Math.round(y(tick)) + 0.5
    context.fillStyle = colourOf('border')
    context.fillRect(box.x, line - 0.5, box.width, 1)
    write(context, model.format(tick).replace(/\.0+(?=\D|$)/, ''), {
      x: box.x - 10,
      y: line + 4,
      align: 'right',
    })
  }
  context.save()
  context.beginPath()
  context.rect(box.x, box.y - 2, box.width, box.height + 4)
  context.clip()
  const gaps = values[0] && hasGaps(model) ? gapsOf(at, values[0], intervalMs, model.toMs) : []
  for (const gap of gaps) {
    hatch(context, x(gap.fromMs), x(gap.toMs), box.height, faint(colourOf('fg-3'), 0.35), box.y)
  }
  // The last of a stack is the highest: it comes first, the others stand before it.
  for (let i = drawn.length - 1; i >= 0; i -= 1) {
    const column = drawn[i]
    const line = model.lines[i]
    if (!column || !line) continue
    const colour = colourOf(line.colour)
    context.strokeStyle = colour
    context.fillStyle = model.stacked === true ? faint(colour, 0.5) : faint(colour, 0.12)
    context.lineWidth = 1.5
    context.setLineDash([...(line.dash ?? [])])
    for (const run of runsOf(column)) {
      context.beginPath()
      for (const row of run) context.lineTo(x(at[row] ?? 0), y(column[row] ?? 0))
      context.stroke()
      if (model.stacked !== true && drawn.length > 1) continue
      context.lineTo(x(at[run.at(-1) ?? 0] ?? 0), y(bottom))
      context.lineTo(x(at[run[0] ?? 0] ?? 0), y(bottom))
      context.fill()
    }
  }
  context.setLineDash([])
  context.restore()
}

/** Rows that follow one another without a hole. */
function runsOf(column: Float64Array): number[][] {
  const runs: number[][] = [[]]
  column.forEach((value, i) => {
    if (Number.isNaN(value)) runs.push([])
    else runs.at(-1)?.push(i)
  })
  return runs.filter((run) => run.length > 0)
}

function paintRows(context: CanvasRenderingContext2D, model: ChartModel, box: Box): void {
  const rows = document.createElement('canvas')
  paintHeat(rows, {
    width: box.width,
    height: box.height,
    scale: SCALE,
    fromMs: model.fromMs,
    toMs: model.toMs,
    at: model.columns.at,
    rows: model.columns.values,
    intervalMs: model.columns.intervalMs,
    colours: palette(colourOf('heat-0'), colourOf('heat-1')),
    hatch: faint(colourOf('fg-3'), 0.35),
  })
  context.fillStyle = colourOf('inset')
  context.fillRect(box.x, box.y, box.width, box.height)
  context.drawImage(rows, box.x, box.y, box.width, box.height)
  const rowHeight = box.height / Math.max(1, model.lines.length)
  const every = Math.max(1, Math.ceil(14 / rowHeight))
  font(context, 11)
  model.lines.forEach(({ label }, i) => {
    if (i % every !== 0) return
    write(context, label, { x: box.x - 10, y: box.y + (i + 0.5) * rowHeight + 4, align: 'right' })
  })
}

function paintTimes(context: CanvasRenderingContext2D, model: ChartModel, box: Box): void {
  const span = model.toMs - model.fromMs
  font(context, 11)
  for (let tick = 0; tick <= TICKS; tick += 1) {
    const ms = model.fromMs + (span * tick) / TICKS
    // In UTC like the range above: a picture is looked at elsewhere.
    const name = span > DAY_MS ? utc(ms).slice(5, 16) : utc(ms).slice(11, 19)
    const align = tick === 0 ? 'left' : tick === TICKS ? 'right' : 'center'
    write(context, name, {
      x: box.x + (box.width * tick) / TICKS,
      y: box.y + box.height + 18,
      align,
    })
  }
}

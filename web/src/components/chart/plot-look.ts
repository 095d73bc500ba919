/** How charts look: axes, lines, areas. Colours come from tokens, numbers from the formatter. */

import type uPlot from 'uplot'
import { date, shortTime, time } from '../../format/format'
import { colourOf, faint } from './colours'
import type { ChartModel } from './model'
import { type LineLook, areaBelow, nothingBelow } from './plot-lines'

const LINE = 1.5
const AREA = 0.12
/** Stacked areas touch each other, and need more to tell them apart. */
const STACKED_AREA = 0.5
/** Lower than this there is only room for the ends of the axis. */
const LOW_PX = 110

/** Half of the widest name of a time. */
const EDGE_PX = 28

const NARROW_PX = 400

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Times on the axis: seconds where ticks are closer than a minute, days where the range is long. */
function timeLabels(
  self: uPlot,
  splits: number[],
  _axis: number,
  _space: number,
  stepMs: number,
): string[] {
  const span = (self.scales.x?.max ?? 0) - (self.scales.x?.min ?? 0)
  const name = (at: number): string => {
    if (stepMs < MINUTE) return time(at)
    return span <= 36 * HOUR ? shortTime(at) : `${date(at)} ${shortTime(at)}`
  }
  const width = self.bbox.width / devicePixelRatio
  // A name that would be cut off at an edge is left out.
  return splits.map((at) => {
    const x = self.valToPos(at, 'x')
    return x < EDGE_PX || x > width - EDGE_PX ? '' : name(at)
  })
}

/** The ends of an axis are round: "50 %" says as much as "50.0 %". */
function axisText(text: string): string {
  return text.replace(/\.0+(?=\D|$)/, '')
}

export interface AxisOptions {
  readonly height: number
  readonly timeAxis: boolean
  readonly gutter: number
}

export function axesOf(
  model: ChartModel,
  options: AxisOptions,
  ends: () => readonly [bottom: number, top: number],
  back: (place: number) => number,
): uPlot.Axis[] {
  const look = {
    stroke: colourOf('fg-2'),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
    ticks: { show: false },
  }
  return [
    {
      ...look,
      show: options.timeAxis,
      size: 24,
      gap: 6,
      // A narrow plot has room for short names only.
      space: (_self, _axis, _min, _max, width) => (width < NARROW_PX ? 44 : 72),
      values: timeLabels,
      grid: { show: false },
    },
    {
      ...look,
      size: options.gutter,
      gap: 8,
      grid: { stroke: colourOf('border'), width: 1 },
      splits: () => {
        const [bottom, top] = ends()
        return options.height < LOW_PX ? [bottom, top] : [bottom, (bottom + top) / 2, top]
      },
      // Where lanes stand close, the zero of one would touch the top of the next.
      values: (_self, splits) =>
        splits.map((one) =>
          one === 0 && options.height < LOW_PX ? '' : axisText(model.format(back(one))),
        ),
    },
  ]
}

/** How far apart diamonds stand on a line, at least. */
const DIAMOND_PX = 48

/** Diamonds on a line, so that what is estimated is told by more than a colour. */
function diamonds(colour: string): uPlot.Series.Points {
  const size = 8
  return {
    show: true,
    size,
    fill: colour,
    filter: (self, series, show) => {
      if (!show) return null
      const [at, values] = [self.data[0], self.data[series] ?? []]
      const chosen: number[] = []
      let last = -Infinity
      for (let i = at.length - 1; i >= 0; i -= 1) {
        if (Number.isNaN(values[i] ?? Number.NaN)) continue
        const x = self.valToPos(at[i] ?? 0, 'x')
        if (chosen.length > 0 && last - x < DIAMOND_PX) continue
        chosen.unshift(i)
        last = x
      }
      return chosen
    },
    paths: (self, series, _first, _last, chosen) => {
      const path = new Path2D()
      const half = (size / 2) * devicePixelRatio
      for (const i of chosen ?? []) {
        const x = self.valToPos(self.data[0][i] ?? 0, 'x', true)
        const y = self.valToPos(self.data[series]?.[i] ?? 0, 'y', true)
        path.moveTo(x, y - half)
        path.lineTo(x + half, y)
        path.lineTo(x, y + half)
        path.lineTo(x - half, y)
        path.closePath()
      }
      return { stroke: null, fill: path, clip: null, flags: 1 }
    },
  }
}

/** Pixel stretches without values; uPlot would draw a line across NaN. */
function breaks(self: uPlot, series: number, first: number, last: number): uPlot.Series.Gaps {
  const at = self.data[0]
  const values = self.data[series] ?? []
  const out: uPlot.Series.Gaps = []
  let from: number | undefined
  for (let i = first; i <= last; i += 1) {
    const missing = Number.isNaN(values[i] ?? Number.NaN)
    if (missing && from === undefined) from = at[Math.max(first, i - 1)]
    if (!missing && from !== undefined) {
      out.push([self.valToPos(from, 'x', true), self.valToPos(at[i] ?? from, 'x', true)])
      from = undefined
    }
  }
  return out
}

export function looksOf(model: ChartModel): LineLook[] {
  const width = model.stacked === true ? 1 : LINE
  return model.lines.map(({ colour, dash }) => ({ colour: colourOf(colour), width, dash }))
}

export function seriesOf(model: ChartModel, looks: readonly LineLook[]): uPlot.Series[] {
  const filled = model.lines.length === 1 || model.stacked === true
  const lines = model.lines.map((line, i): uPlot.Series => {
    const { colour = '', width = LINE } = looks[i] ?? {}
    const area = model.stacked === true ? STACKED_AREA : AREA
    return {
      label: line.label,
      stroke: colour,
      width,
      // Where values come singly, a line alone would not show them.
      points:
        line.diamonds === true
          ? diamonds(colour)
          : model.sparse === true
            ? { size: 4, fill: colour }
            : { show: false },
      gaps: breaks,
      paths: filled ? areaBelow : nothingBelow,
      ...(filled ? { fill: faint(colour, area) } : {}),
    }
  })
  const edge: uPlot.Series = { width: 0, points: { show: false }, gaps: breaks }
  return [{}, ...lines, ...(model.columns.band ? [edge, edge] : [])]
}

/** Areas between two columns: each stacked line down to the one below it, and the extremes. */
export function bandsOf(model: ChartModel): uPlot.Band[] {
  const count = model.lines.length
  const first = model.lines[0]
  const bands: uPlot.Band[] = []
  if (model.stacked === true) {
    for (let i = 2; i <= count; i += 1) bands.push({ series: [i, i - 1] })
  }
  if (model.columns.band && first) {
    bands.push({ series: [count + 1, count + 2], fill: faint(colourOf(first.colour), 0.28) })
  }
  return bands
}

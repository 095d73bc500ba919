/**
 * The only place that draws with uPlot; it is loaded when the first chart is seen.
 * Enters: a chart model and a box. Leaves: a drawing, and what the pointer did with it.
 */

import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { colourOf, faint } from './colours'
import { type Stretch, gapsOf } from './gaps'
import { logarithmic } from './logarithmic'
import { type ChartModel, bottomOf, hasGaps, stack, topOf } from './model'
import { hatch } from './paint-strip'
import { panWithFingers, panWithShift } from './pan'
import { strokeLine } from './plot-lines'
import { axesOf, bandsOf, looksOf, seriesOf } from './plot-look'

export interface PlotOptions {
  readonly width: number
  readonly height: number
  readonly syncKey: string
  /** The time axis is drawn under the last of several lanes only. */
  readonly timeAxis: boolean
  /** Room for the numbers at the left; the same for all lanes, so that they line up. */
  readonly gutter: number
  readonly onCursor: (atMs: number | undefined) => void
  readonly onZoom: (fromMs: number, toMs: number) => void
}

export interface Plot {
  update(model: ChartModel): void
  resize(width: number, height: number): void
  /** Puts the crosshair somewhere, as the keys do. */
  point(atMs: number | undefined): void
  destroy(): void
}

/** Half a line, as a share of the height. */
function edgeShare(self: uPlot): number {
  return 1 / Math.max(40, self.height - 32)
}

/** A drag shorter than this is a click. */
const DRAG_PX = 8

/** Extremes around the first line come last of all columns: highest, then lowest. */
function dataOf({ columns, stacked }: ChartModel): uPlot.AlignedData {
  const { at, values, band } = columns
  return [
    at,
    ...(stacked === true ? stack(values) : values),
    ...(band ? [band.high, band.low] : []),
  ]
}

export function createPlot(box: HTMLElement, first: ChartModel, options: PlotOptions): Plot {
  let model = first
  let gaps: Stretch[] = []
  let [bottom, top] = [0, 1]
  /** From a place on the axis to the value there. */
  let back = (place: number): number => place

  const take = (next: ChartModel): uPlot.AlignedData => {
    model = next
    const { at, values, intervalMs, band } = next.columns
    if (next.logarithmic === true) {
      const log = logarithmic(values)
      ;({ top, back } = log)
      bottom = 0
      gaps = []
      return [at, ...log.values]
    }
    back = (place) => place
    gaps = values[0] && hasGaps(next) ? gapsOf(at, values[0], intervalMs, next.toMs) : []
    bottom = bottomOf(next.scale)
    top = topOf(next.scale, [
      ...(next.stacked === true ? stack(values) : values),
      ...(band ? [band.high] : []),
    ])
    return dataOf(next)
  }

  /** Hatches what nobody knows, below the lines. */
  const paintGaps = (self: uPlot): void => {
    const { left, top: above, width, height } = self.bbox
    for (const gap of gaps) {
      const from = Math.max(left, self.valToPos(gap.fromMs, 'x', true))
      const to = Math.min(left + width, self.valToPos(gap.toMs, 'x', true))
      if (to > from) hatch(self.ctx, from, to, height, unknown, above)
    }
  }

  const pointed = (self: uPlot): void => {
    const left = self.cursor.left ?? -1
    options.onCursor(left < 0 ? undefined : self.posToVal(left, 'x'))
  }

  const selected = (self: uPlot): void => {
    const { left, width } = self.select
    if (width < DRAG_PX) return
    options.onZoom(self.posToVal(left, 'x'), self.posToVal(left + width, 'x'))
    self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  }

  /** How far the drawing is moved while it is dragged, in milliseconds to the past. */
  let movedMs = 0
  const msOf = (pixels: number): number =>
    (pixels / (self.bbox.width / devicePixelRatio)) * (model.toMs - model.fromMs)
  const pan = {
    move: (pixels: number): void => {
      movedMs = msOf(pixels)
      self.setData(self.data)
    },
    end: (pixels: number): void => {
      const byMs = msOf(pixels)
      movedMs = 0
      if (Math.abs(pixels) >= DRAG_PX) options.onZoom(model.fromMs - byMs, model.toMs - byMs)
      else self.setData(self.data)
    },
  }

  const data = take(first)
  const looks = looksOf(first)
  // Read once: asking for a colour makes the browser work out styles anew.
  const unknown = faint(colourOf('fg-3'), 0.35)
  const self = new uPlot(
    {
      width: options.width,
      height: options.height,
      ms: 1,
      padding: [8, 0, options.timeAxis ? 0 : 6, 0],
      legend: { show: false },
      cursor: {
        sync: { key: options.syncKey },
        drag: { x: true, y: false, setScale: false },
        points: { size: 6 },
        y: false,
        // A double click is "back", which is the page's to do.
        bind: {
          dblclick: () => () => null,
          mousedown: (_self, _target, handle) => (event) =>
            panWithShift(event, pan) ? null : handle(event),
        },
      },
      scales: {
        x: { time: true, range: () => [model.fromMs - movedMs, model.toMs - movedMs] },
        // A line along either end is drawn whole, not half of it.
        y: {
          range: (u) => {
            const edge = (top - bottom) * edgeShare(u)
            return [bottom - edge, top + edge]
          },
        },
      },
      axes: axesOf(
        first,
        options,
        () => [bottom, top],
        (place) => back(place),
      ),
      series: seriesOf(first, looks),
      bands: bandsOf(first),
      hooks: {
        drawClear: [paintGaps],
        drawSeries: [
          (u, series) => {
            const look = looks[series - 1]
            if (look) strokeLine(u, series, look)
          },
        ],
        setCursor: [pointed],
        setSelect: [selected],
      },
    },
    data,
    box,
  )
  const stopFingers = panWithFingers(self.over, pan)

  return {
    update: (next) => {
      self.setData(take(next))
    },
    resize: (width, height) => {
      self.setSize({ width, height })
    },
    point: (atMs) => {
      const left = atMs === undefined ? -10 : self.valToPos(atMs, 'x')
      self.setCursor({ left, top: atMs === undefined ? -10 : 4 })
    },
    destroy: () => {
      stopFingers()
      self.destroy()
    },
  }
}

/**
 * The only place that knows uPlot. It is loaded when the first chart is seen.
 * Enters: a chart model and a box. Leaves: a drawing, and what the pointer did with it.
 */

import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { date, shortTime, time } from '../../format/format'
import { colourOf, faint } from './colours'
import { type Stretch, broken, gapsOf } from './gaps'
import { type ChartModel, stack, topOf } from './model'
import { hatch } from './paint-strip'

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

/** Times on the axis: seconds only when the range is short, days when it is long. */
function timeLabels(self: uPlot, splits: number[]): string[] {
  const { min = 0, max = 0 } = self.scales.x ?? {}
  const span = (max ?? 0) - (min ?? 0)
  if (span <= 3 * 60_000) return splits.map((at) => time(at))
  if (span <= 36 * 3_600_000) return splits.map((at) => shortTime(at))
  return splits.map((at) => `${date(at)} ${shortTime(at)}`)
}

function data(model: ChartModel): uPlot.AlignedData {
  const rows = broken(model.columns.at, model.columns.values, model.columns.intervalMs)
  return [rows.at, ...(model.stacked === true ? stack(rows.columns) : rows.columns)]
}

/** Pixel stretches for uPlot, which would draw a line across NaN. */
function breaks(self: uPlot, series: number, first: number, last: number): [number, number][] {
  const at = self.data[0]
  const values = self.data[series] ?? []
  const out: [number, number][] = []
  let from: number | undefined
  for (let i = first; i <= last; i += 1) {
    const value = values[i]
    const missing = value === null || value === undefined || Number.isNaN(value)
    if (missing && from === undefined) from = at[Math.max(first, i - 1)]
    if (!missing && from !== undefined) {
      out.push([self.valToPos(from, 'x', true), self.valToPos(at[i] ?? from, 'x', true)])
      from = undefined
    }
  }
  return out
}

export function createPlot(box: HTMLElement, first: ChartModel, options: PlotOptions): Plot {
  let model = first
  let gaps: Stretch[] = []
  let top = 1

  const take = (next: ChartModel): uPlot.AlignedData => {
    model = next
    const { at, values, intervalMs } = next.columns
    gaps = values[0] ? gapsOf(at, values[0], intervalMs) : []
    const columns = data(next)
    top = topOf(
      next.scale,
      columns.slice(1).map((column) => Array.from(column, (one) => one ?? 0)),
    )
    return columns
  }

  const columns = take(first)
  const grid = { stroke: colourOf('border'), width: 1 }
  const font = `11px ${getComputedStyle(document.body).fontFamily}`
  const axis = { stroke: colourOf('fg-2'), font, grid, ticks: { show: false } }
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
        bind: { dblclick: () => () => null },
      },
      scales: {
        x: { time: true, range: () => [model.fromMs, model.toMs] },
        y: { range: () => [0, top] },
      },
      axes: [
        {
          ...axis,
          show: options.timeAxis,
          size: 24,
          gap: 6,
          space: 72,
          values: timeLabels,
          grid: { show: false },
        },
        {
          ...axis,
          size: options.gutter,
          gap: 8,
          // Lanes are low: their top is label enough.
          splits: () => (options.height < 110 ? [0, top] : [0, top / 2, top]),
          values: (_self, splits) => splits.map((value) => model.format(value)),
        },
      ],
      series: [
        {},
        ...first.lines.map((line) => {
          const colour = colourOf(line.colour)
          return {
            label: line.label,
            stroke: colour,
            width: 1.5,
            ...(line.dash ? { dash: [...line.dash] } : {}),
            ...(first.lines.length === 1 || first.stacked === true
              ? { fill: faint(colour, first.stacked === true ? 0.3 : 0.12) }
              : {}),
            points: { show: false },
            gaps: (u: uPlot, series: number, from: number, to: number) =>
              breaks(u, series, from, to),
          }
        }),
      ],
      // Each area is filled down to the line below it only, or the colours would mix.
      ...(first.stacked === true
        ? {
            bands: first.lines
              .slice(1)
              .map((_line, i) => ({ series: [i + 2, i + 1] as [number, number] })),
          }
        : {}),
      hooks: {
        drawClear: [
          (u) => {
            for (const gap of gaps) {
              const from = Math.max(u.bbox.left, u.valToPos(gap.fromMs, 'x', true))
              const to = Math.min(u.bbox.left + u.bbox.width, u.valToPos(gap.toMs, 'x', true))
              if (to > from)
                hatch(u.ctx, from, to, u.bbox.height, faint(colourOf('fg-3'), 0.35), u.bbox.top)
            }
          },
        ],
        setCursor: [
          (u) => {
            const left = u.cursor.left ?? -1
            options.onCursor(left < 0 ? undefined : u.posToVal(left, 'x'))
          },
        ],
        setSelect: [
          (u) => {
            const { left, width } = u.select
            if (width < 8) return
            options.onZoom(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'))
            u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          },
        ],
      },
    },
    columns,
    box,
  )

  return {
    update(next) {
      self.setData(take(next))
    },
    resize(width, height) {
      self.setSize({ width, height })
    },
    point(atMs) {
      const left = atMs === undefined ? -10 : self.valToPos(atMs, 'x')
      self.setCursor({ left, top: atMs === undefined ? -10 : 4 })
    },
    destroy() {
      self.destroy()
    },
  }
}

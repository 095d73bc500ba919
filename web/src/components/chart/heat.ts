/** Draws a heat strip: one row per core, time to the right, lightness of one hue for how busy. */

import { channels } from './colours'
import { gapsOf } from './gaps'
import { hatch } from './paint-strip'

const LEVELS = 64

/** From idle to busy; the root makes low values, where most of life happens, tell apart. */
export function palette(idle: string, busy: string): string[] {
  const from = channels(idle)
  const to = channels(busy)
  return Array.from({ length: LEVELS }, (_, level) => {
    const share = (level / (LEVELS - 1)) ** 0.8
    const [r, g, b] = [0, 1, 2].map((c) =>
      Math.round((from[c] ?? 0) + ((to[c] ?? 0) - (from[c] ?? 0)) * share),
    )
    return `rgb(${String(r)} ${String(g)} ${String(b)})`
  })
}

export function levelOf(percent: number): number {
  return Math.round((Math.min(100, Math.max(0, percent)) / 100) * (LEVELS - 1))
}

export interface Heat {
  readonly width: number
  readonly height: number
  /** Pixels of the picture for each of the page; as the screen has them, if absent. */
  readonly scale?: number
  readonly fromMs: number
  readonly toMs: number
  readonly at: ArrayLike<number>
  readonly rows: readonly ArrayLike<number>[]
  readonly intervalMs: number
  readonly colours: readonly string[]
  /** The colour of the lines over what nobody knows. */
  readonly hatch: string
}

export function paintHeat(canvas: HTMLCanvasElement, heat: Heat): void {
  const scale = heat.scale ?? (window.devicePixelRatio || 1)
  canvas.width = Math.round(heat.width * scale)
  canvas.height = Math.round(heat.height * scale)
  const context = canvas.getContext('2d')
  if (!context) return
  context.scale(scale, scale)
  const pixelsPerMs = heat.width / (heat.toMs - heat.fromMs)
  const rowHeight = heat.height / heat.rows.length
  const gap = rowHeight >= 8 ? 1 : 0
  const first = heat.rows[0]
  for (const gap of first ? gapsOf(heat.at, first, heat.intervalMs, heat.toMs) : []) {
    const from = (gap.fromMs - heat.fromMs) * pixelsPerMs
    hatch(context, from, (gap.toMs - heat.fromMs) * pixelsPerMs, heat.height, heat.hatch)
  }
  // A late sample still covers its interval; a longer hole stays open.
  const widest = heat.intervalMs * 2.5
  for (let i = 0; i < heat.at.length; i += 1) {
    const end = heat.at[i]
    if (end === undefined || end < heat.fromMs) continue
    const before = heat.at[i - 1]
    const start = before === undefined || end - before > widest ? end - heat.intervalMs : before
    // On whole pixels of the screen, or the seams between samples would show.
    const x = Math.round(Math.max(0, (start - heat.fromMs) * pixelsPerMs) * scale) / scale
    const width = Math.round((end - heat.fromMs) * pixelsPerMs * scale) / scale - x
    heat.rows.forEach((row, r) => {
      const value = row[i]
      if (value === undefined || Number.isNaN(value)) return
      context.fillStyle = heat.colours[levelOf(value)] ?? ''
      context.fillRect(x, r * rowHeight, width, rowHeight - gap)
    })
  }
}

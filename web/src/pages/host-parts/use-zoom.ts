/** Zooming by dragging, and the way back: the ranges that were left, newest last. */

import { onScopeDispose } from 'vue'
import { useShortcuts } from '../../app/shortcuts'
import { type TimeRange, useTimeRange } from '../../live'

/** Shorter than this there is nothing to see. */
const SHORTEST_MS = 5_000

/** All charts on a page share a drag, and each tells of it, a pixel more or less. */
function isRange(range: TimeRange, fromMs: number, toMs: number): boolean {
  if (range.is !== 'fixed') return false
  const little = (toMs - fromMs) / 20
  return Math.abs(range.from - fromMs) < little && Math.abs(range.to - toMs) < little
}

const left: TimeRange[] = []

export function useZoom() {
  const time = useTimeRange()

  function zoom(fromMs: number, toMs: number): void {
    if (toMs - fromMs < SHORTEST_MS || isRange(time.range, fromMs, toMs)) return
    left.push(time.range)
    time.setRange({ is: 'fixed', from: Math.round(fromMs), to: Math.round(toMs) })
  }

  function back(): void {
    const before = left.pop()
    if (before) time.setRange(before)
    else if (time.range.is === 'fixed') time.setRange({ is: 'live', windowMs: 300_000 })
  }

  useShortcuts({ keys: 'Escape', does: 'Back from a zoom', run: back })
  onScopeDispose(() => {
    left.length = 0
  })
  return { zoom, back }
}

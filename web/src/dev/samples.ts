/** Numbers for the page of components: always the same, so that a change on the page is one of the code. */

import type { ChartModel, Line } from '../components/chart/model'
import { percent } from '../format/format'
import type { Answers } from '../status/answer'
import type { Status } from '../status/status'

/** 21 November 2026, 09:43 UTC. */
export const NOW = Date.UTC(2026, 10, 21, 9, 43, 0)
const SAMPLES = 300

function wave(phase: number, low: number, high: number): Float64Array {
  return Float64Array.from({ length: SAMPLES }, (_, i) => {
    const share = (Math.sin(i / 23 + phase) + Math.sin(i / 7 + 2 * phase) / 3 + 1.4) / 2.8
    return low + (high - low) * share
  })
}

export const AT = Float64Array.from({ length: SAMPLES }, (_, i) => NOW - (SAMPLES - 1 - i) * 1_000)

export interface Sample {
  readonly lines: number
  readonly stacked?: boolean
  readonly hole?: boolean
  readonly band?: boolean
}

export function chartOf(title: string, sample: Sample): ChartModel {
  const { lines, stacked = false, hole = false, band = false } = sample
  const values = Array.from({ length: lines }, (_, i) =>
    wave(i * 1.3, stacked ? 2 : 8, stacked ? 100 / (lines + 1) : 40 + 10 * i),
  )
  if (hole) for (const column of values) column.fill(Number.NaN, 120, 170)
  const [first] = values
  return {
    title,
    source: 'atlas',
    lines: values.map((_, i): Line => ({
      label: `line ${String(i + 1)}`,
      colour: `series-${String((i % 8) + 1)}` as Line['colour'],
      unit: 'percent',
      ...(i < 4 ? {} : { dash: [6, 3] }),
    })),
    columns: {
      at: AT,
      values,
      intervalMs: 1_000,
      band:
        band && first ? { low: first.map((v) => v - 6), high: first.map((v) => v + 8) } : undefined,
    },
    fromMs: NOW - SAMPLES * 1_000,
    toMs: NOW,
    scale: { kind: 'percent' },
    live: true,
    stacked,
    format: percent,
  }
}

export const STATUSES: readonly Status[] = ['ok', 'warn', 'crit', 'unknown']

const SENTENCE: Record<Status, string> = {
  ok: 'All quiet on atlas. Busiest: postgres, 4 % of one core.',
  warn: 'Memory of atlas is 86 % used, over the limit of 80 %.',
  crit: 'CPU of atlas is at 97 %, over the limit of 90 %.',
  unknown: 'Nothing heard from atlas since 09:41:12.',
}

export function answersOf(...statuses: [Status, ...Status[]]): Answers {
  const each = (status: Status) => ({
    status,
    sentence: SENTENCE[status],
    detail: 'One line of evidence stands below the sentence.',
  })
  const [first, ...others] = statuses
  return { shown: [each(first), ...others.map(each)], more: statuses.length > 2 ? 2 : 0 }
}

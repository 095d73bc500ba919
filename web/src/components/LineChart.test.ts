// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { percent } from '../format/format'
import LineChart from './LineChart.vue'
import type { ChartModel, Line } from './chart/model'

/** How many columns each drawing was made with, and each update of it. */
const drawings: { readonly made: number; readonly updates: number[]; gone: boolean }[] = []
const columnsOf = ({ columns }: ChartModel): number => columns.values.length

vi.mock('./chart/plot', () => ({
  createPlot: (_box: HTMLElement, model: ChartModel) => {
    const drawing = { made: columnsOf(model), updates: [] as number[], gone: false }
    drawings.push(drawing)
    return {
      update: (next: ChartModel) => drawing.updates.push(columnsOf(next)),
      resize: () => undefined,
      point: () => undefined,
      destroy: () => (drawing.gone = true),
    }
  },
}))

/** What happy-dom does not know: everything is 400 pixels wide, and in sight when a test says so. */
let see: (isIntersecting: boolean) => void = () => undefined
beforeEach(() => {
  drawings.length = 0
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(private readonly tell: (entries: unknown[]) => void) {}
      observe = () => this.tell([{ contentRect: { width: 400, height: 180 } }])
      unobserve = () => undefined
      disconnect = () => undefined
    },
  )
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(tell: (entries: unknown[]) => void) {
        see = (isIntersecting) => tell([{ isIntersecting }])
      }
      observe = () => undefined
      unobserve = () => undefined
      disconnect = () => undefined
    },
  )
})
afterEach(() => vi.unstubAllGlobals())

const NAMES = ['labelled', 'estimated', 'warning below']

function model(lines: number, ...values: number[]): ChartModel {
  const line = (label: string): Line => ({ label, colour: 'series-1' })
  const column = Float64Array.from(values)
  return {
    title: 'Accuracy',
    lines: NAMES.slice(0, lines).map(line),
    columns: {
      at: Float64Array.from(values, (_, i) => i * 1_000),
      values: NAMES.slice(0, lines).map(() => column),
      intervalMs: 1_000,
    },
    fromMs: 0,
    toMs: 10_000,
    scale: { kind: 'percent' },
    live: true,
    format: percent,
  }
}

it('a drawing takes new values of its lines; when they are others, it is made anew', async () => {
  const chart = mount(LineChart, { props: { model: model(3, 90) } })
  see(true)
  await flushPromises()
  await chart.setProps({ model: model(3, 90, 91) })
  await chart.setProps({ model: model(2, 90, 91, 92) })
  await flushPromises()
  await chart.setProps({ model: model(2, 90, 91, 92, 93) })
  expect(drawings).toEqual([
    { made: 3, updates: [3], gone: true },
    { made: 2, updates: [2], gone: false },
  ])
})

it('so it is when the lines changed while nobody saw them', async () => {
  const chart = mount(LineChart, { props: { model: model(3, 90) } })
  see(true)
  await flushPromises()
  see(false)
  await chart.setProps({ model: model(1, 90, 91) })
  see(true)
  await flushPromises()
  expect(drawings).toEqual([
    { made: 3, updates: [], gone: true },
    { made: 1, updates: [], gone: false },
  ])
})

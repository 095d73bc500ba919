/**
 * The page's own components with made-up values once a second, for `make bench`: `?charts` shows
 * fifty charts of three lines, `?table` a table of 500 processes of which a third changes.
 */
import { createApp, h, shallowRef } from 'vue'
import LineChart from '../src/components/LineChart.vue'
import ProcessTable from '../src/pages/host/processes/ProcessTable.vue'
import { compareBy } from '../src/pages/host/processes/rows'
import '../src/styles/tokens.css'
import '../src/styles/base.css'
import '../src/styles/card-table.css'

const CHARTS = 50
const POINTS = 120
const ROWS = 500

/** The same values each time: a linear congruential generator (Numerical Recipes). */
let seed = 1
const random = () => {
  seed = (seed * 1664525 + 1013904223) % 4294967296
  return seed / 4294967296
}

function charts() {
  const lines = ['one', 'two', 'three'].map((label, i) => ({
    label,
    colour: `series-${String(i + 1)}`,
  }))
  const values = Array.from({ length: CHARTS }, () =>
    lines.map(() => Float64Array.from({ length: POINTS }, () => 100 * random())),
  )
  const models = (now) =>
    values.map((columns, n) => ({
      title: `Chart ${String(n + 1)}`,
      lines,
      columns: {
        at: Float64Array.from({ length: POINTS }, (_, i) => now - (POINTS - 1 - i) * 1_000),
        values: columns.map((column) => column.slice()),
        intervalMs: 1_000,
      },
      fromMs: now - POINTS * 1_000,
      toMs: now,
      scale: { kind: 'percent' },
      live: true,
      format: (value) => (value === undefined ? 'unknown' : value.toFixed(1)),
    }))
  const shown = shallowRef(models(Date.now()))
  const step = () => {
    for (const column of values.flat()) {
      column.copyWithin(0, 1)
      column[POINTS - 1] = 100 * random()
    }
    shown.value = models(Date.now())
  }
  const style = 'display: grid; grid-template-columns: repeat(5, 1fr); gap: 4px'
  const draw = () =>
    h(
      'main',
      { style },
      shown.value.map((model, key) => h(LineChart, { key, model, height: 110 })),
    )
  return { draw, step }
}

function table() {
  const sorting = { column: 'cpu', down: true }
  const rows = Array.from({ length: ROWS }, (_, n) => ({
    key: `${String(n + 1)}:1`,
    command: `/usr/bin/worker --number ${String(n)}`,
    process: {
      pid: n + 1,
      parent_pid: 1,
      name: `worker-${String(n)}`,
      user: 'ada',
      state: 'sleeping',
      threads: 1 + (n % 7),
      cpu_percent: Math.round(1_000 * random()) / 10,
      memory_bytes: Math.round(1e9 * random()),
      memory_percent: 1,
      read_bytes_per_second: 0,
      written_bytes_per_second: 0,
      started_at_ms: 1_735_689_600_000 + n * 1_000,
      kernel: false,
    },
  }))
  const ordered = () => rows.slice().sort(compareBy(sorting))
  const shown = shallowRef(ordered())
  const step = () => {
    rows.forEach((row, n) => {
      if (random() > 0.3) return
      const process = { ...row.process, cpu_percent: Math.round(1_000 * random()) / 10 }
      process.memory_bytes = Math.round(1e9 * random())
      rows[n] = { ...row, process }
    })
    shown.value = ordered()
  }
  const draw = () =>
    h(ProcessTable, {
      style: 'height: 100vh',
      rows: shown.value,
      ended: new Set(),
      sorting,
      withCommands: true,
      twoLines: false,
      nowMs: Date.now(),
    })
  return { draw, step }
}

const { draw, step } = window.location.search === '?table' ? table() : charts()
createApp({ setup: () => draw }).mount('#app')
setInterval(step, 1_000)

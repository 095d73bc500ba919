// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import type { ChartModel } from '../chart/model'
import { csvOf, fileName } from './csv'
import { type Cell, type Exportable, exportOfCharts, exportOfTable } from './exportable'
import { markdownOf } from './markdown'

const T = Date.UTC(2026, 10, 21, 9, 43, 0)

function model(title: string, rows: readonly [second: number, ...values: number[]][]): ChartModel {
  const width = (rows[0]?.length ?? 1) - 1
  const column = (i: number): Float64Array => Float64Array.from(rows, (row) => row[i] ?? Number.NaN)
  return {
    title,
    source: 'atlas',
    lines: Array.from({ length: width }, (_, i) => ({
      label: `line ${String(i + 1)}`,
      colour: 'series-1' as const,
      unit: 'bytes_per_second' as const,
    })),
    columns: {
      at: Float64Array.from(rows, ([second]) => T + second * 1_000),
      values: Array.from({ length: width }, (_, i) => column(i + 1)),
      intervalMs: 1_000,
    },
    fromMs: T,
    toMs: T + 10_000,
    scale: { kind: 'percent' },
    live: true,
    format: String,
  }
}

function table(...rows: Cell[][]): Exportable {
  return { title: 'A table', columns: [{ name: 'name' }, { name: 'used', unit: '%' }], rows }
}

it('a chart: times in ISO 8601, units in the head, only what is shown, holes left out', () => {
  const one = model('CPU', [
    [-1, 9, 9],
    [0, 1.5, Number.NaN],
    [1, Number.NaN, Number.NaN],
    [2, 2, 3],
    [11, 9, 9],
  ])
  expect(csvOf(exportOfCharts('CPU', [one]))).toBe(
    'time (UTC),line 1 (B/s),line 2 (B/s)\r\n' +
      '2026-11-21T09:43:00.000Z,1.5,\r\n' +
      '2026-11-21T09:43:02.000Z,2,3\r\n',
  )
})

it('lanes on one clock are one table', () => {
  const lanes = [
    model('CPU', [
      [0, 1],
      [2, 2],
    ]),
    model('Disk', [
      [0, 7],
      [1, 8],
    ]),
  ]
  expect(csvOf(exportOfCharts('Timeline', lanes)).split('\r\n')).toEqual([
    'time (UTC),CPU line 1 (B/s),Disk line 1 (B/s)',
    '2026-11-21T09:43:00.000Z,1,7',
    '2026-11-21T09:43:01.000Z,,8',
    '2026-11-21T09:43:02.000Z,2,',
    '',
  ])
})

it('what a spreadsheet would run is text, and numbers stay numbers', () => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\r=1']) {
    const line = csvOf(table([text, -1]))
      .split('\r\n')
      .slice(1)
      .join('\r\n')
    expect(line.replace(/^"/, '').startsWith("'")).toBe(true)
    expect(line).toContain(',-1')
  }
  expect(csvOf(table(['say "hi", twice\n', 1]))).toContain('"say ""hi"", twice\n",1')
})

it('a table as it stands: raw values where cells have them, text where not', () => {
  document.body.innerHTML = `<table><thead><tr><th>Mounted at</th><th data-unit="%">Used</th>
    <th>Left</th></tr></thead><tbody>
    <tr><th> /data  <span>ext4</span></th><td data-value="97.12">97.1 %</td><td data-value="">–</td></tr>
    <tr aria-hidden="true"><td>room</td></tr></tbody></table>`
  const found = exportOfTable('File systems', document.querySelector('table')!)
  expect(csvOf(found)).toBe('Mounted at,Used (%),Left\r\n/data ext4,97.12,\r\n')
})

it('Markdown escapes what would break the table, and thins out what is long', () => {
  expect(markdownOf(table(['a|b\\', 1.23456]))).toBe(
    '**A table**\n\n| name | used (%) |\n| --- | ---: |\n| a\\|b\\\\ | 1.235 |\n',
  )
  const long = table(...Array.from({ length: 120 }, (_, i): Cell[] => [`row ${String(i)}`, i]))
  const lines = markdownOf(long).split('\n')
  expect(lines[0]).toBe('**A table** (1 row in 3)')
  expect(lines.filter((line) => line.startsWith('| row'))).toHaveLength(40)
})

it('files are named after what, where and when', () => {
  const one = exportOfCharts('CPU by mode', [model('CPU', [[0, 1]])])
  expect(fileName(one, 0, 'csv')).toBe('bellwether-atlas-cpu-by-mode-2026-11-21T09-43-10.csv')
  expect(fileName(table(), T, 'csv')).toBe('bellwether-a-table-2026-11-21T09-43-00.csv')
})

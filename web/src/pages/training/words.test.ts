import { expect, it } from 'vitest'
import { about, contentOf, plain, rowsAndColumns, took, uploadPercent, uploadText } from './words'
import type { Upload } from './uploads'

const spaced = (text: string) => text.replaceAll('\u00a0', ' ')

it('numbers of unknown units are short and not rounded to nothing', () => {
  const said = [0, 5, 123_456, 0.1234567, 45.678, 0.00001234, 2.5e12].map(plain)
  expect(said).toEqual(['0', '5', '123,456', '0.1235', '45.68', '0.0000123', '2.50e+12'])
  expect(plain(undefined)).toBe('–')
})

it('is as exact as it can be', () => {
  expect([2, 12, 38, 100, 1_234].map((seconds) => spaced(about(seconds)))).toEqual([
    'a few seconds',
    'about 15 s',
    'about 40 s',
    'about 1 min 30 s',
    'about 21 min',
  ])
  expect([0.42, 12.34, 75].map((seconds) => spaced(took(seconds)))).toEqual([
    '420 ms',
    '12.3 s',
    '1 min 15 s',
  ])
})

it('says what is in a column', () => {
  expect(contentOf({ name: 'a', kind: 'number', missing: 0, lowest: 1, highest: 9.5 })).toBe(
    '1 – 9.5',
  )
  const frequent = { b: 3, a: 3, c: 1, d: 1 }
  expect(contentOf({ name: 'a', kind: 'category', missing: 0, frequent })).toBe('a, b, c, …')
  expect(contentOf({ name: 'a', kind: 'date', missing: 0, lowest: 0, highest: 864e5 })).toBe(
    '1 Jan 1970 – 2 Jan 1970',
  )
  expect(rowsAndColumns(1, 2)).toBe('1 row, 2 columns')
})

const file = new File(['x'.repeat(2_048)], 'churn.csv')
const upload = (phase: Upload['phase'], sentBytes = 1_024): Upload => ({
  key: 1,
  file,
  sentBytes,
  phase,
})

it('an upload says how far it is, how fast, and how long still', () => {
  const live = {
    file_name: 'churn.csv',
    state: 'receiving',
    progress_percent: 60,
    received_bytes: 1_024,
    received_bytes_per_second: 4_200_000,
    remaining_seconds: 38,
    started_at_ms: 0,
  } as const
  expect(spaced(uploadText(upload({ is: 'sending' }), live))).toBe(
    '1.00 KiB of 2.00 KiB, 4.20 MB/s, about 40 s left',
  )
  expect(spaced(uploadText(upload({ is: 'cut', retryMs: 1_500 }), undefined))).toBe(
    'The connection is cut at 1.00 KiB. Tried again in 2 s; nothing is lost.',
  )
  const why = "line 4, column 'age': …"
  expect(uploadText(upload({ is: 'failed', why }), live)).toBe(why)
  expect(uploadPercent(upload({ is: 'sending' }), live)).toBe(60)
  expect(uploadPercent(upload({ is: 'sending' }), undefined)).toBe(45)
  expect(uploadPercent(upload({ is: 'reading' }, 2_048), undefined)).toBe(90)
  expect(uploadPercent(upload({ is: 'done', dataset: 'd' }), undefined)).toBe(100)
})

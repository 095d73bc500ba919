import type { HostSummary } from '@bellwether/client'
import { expect, it } from 'vitest'
import { judgeAll } from '../../status/vitals'
import { hostColumns } from './columns'
import { type Heard, overallOf, rowOf, summaryVitals } from './rows'

const at = Date.UTC(2026, 10, 21, 9, 43, 12)

function heard(name: string, more: Partial<HostSummary> = {}): Heard {
  const summary = { name, intervals_ms: {}, cpu_percent: 4, memory_percent: 61, ...more }
  return { key: name, summary, at, age: { is: 'fresh', at } }
}

/** Judged as after a long time of the same values. */
function row(one: Heard) {
  const early = judgeAll(new Map(), summaryVitals(one.summary), at - 60_000)
  return rowOf(one, judgeAll(early, summaryVitals(one.summary), at))
}

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

it('a host that is well says so; one that is not says why, worst first', () => {
  expect(row(heard('atlas'))).toMatchObject({ status: 'ok', word: 'Normal', finding: '' })
  const hot = row(heard('vulcan', { memory_percent: 84, hottest_celsius: 91 }))
  expect(hot.status).toBe('crit')
  expect(plain(hot.finding)).toBe('Temperature 91 °C, over 85 °C; memory 84 %, over 80 %')
})

it('a host that fell silent is never green, whatever it said last', () => {
  const silent = row({ ...heard('atlas'), age: { is: 'unknown', at } })
  expect(silent).toMatchObject({ status: 'unknown', word: 'Silent' })
})

it('a host that measures nothing with limits is unknown, not well', () => {
  const bare = { name: 'atlas', intervals_ms: {} }
  expect(row({ ...heard('atlas'), summary: bare }).status).toBe('unknown')
})

it('the sentence names the worst, and who is silent', () => {
  const rows = [
    row(heard('atlas')),
    row(heard('vulcan', { hottest_celsius: 91 })),
    row({ ...heard('mars'), age: { is: 'unknown', at } }),
  ]
  const { sentence, detail } = overallOf(rows)
  expect(plain(sentence)).toBe('Critical on vulcan: Temperature 91 °C, over 85 °C.')
  expect(plain(detail)).toBe('2 of 3 hosts are heard. Silent: mars.')
  expect(overallOf([row(heard('atlas'))]).sentence).toBe('All quiet: atlas is heard.')
})

it('what no host measures has no column', () => {
  const ids = (hosts: Heard[]) => hostColumns(hosts.map(row), at).map(({ id }) => id)
  expect(ids([heard('atlas')])).not.toContain('hottest')
  expect(ids([heard('atlas'), heard('vulcan', { hottest_celsius: 40 })])).toContain('hottest')
})

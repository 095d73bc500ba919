import type {
  CollectorStatus,
  GatewayMetrics,
  StoreMetrics,
  SystemMetrics,
} from '@bellwether/client'
import { expect, it } from 'vitest'
import {
  type Fact,
  collectorRows,
  gatewayFacts,
  linkFacts,
  partsOf,
  renderFacts,
  storeFacts,
} from './facts'
import { keptBy } from './retention'

const DAY_MS = 86_400_000

const store: StoreMetrics = {
  size_bytes: 2 ** 20,
  series: 12,
  samples: 34,
  failed_writes: 0,
  shed_frames: 2,
  keep_samples_ms: 7 * DAY_MS,
  keep_minutes_ms: 36 * 3_600_000,
  keep_hours_ms: 365 * DAY_MS,
  keep_events_ms: DAY_MS,
}

function metrics(patch: Partial<SystemMetrics> = {}): SystemMetrics {
  return { version: '1', started_at_ms: 0, process: {}, collectors: {}, ...patch }
}

function textOf(facts: readonly Fact[], name: string): string | undefined {
  return facts.find((one) => one.name === name)?.text.replaceAll('\u00a0', ' ')
}

it('the worst part comes first, with what to do', () => {
  const parts = partsOf({
    status: 'critical',
    parts: {
      collectors: { status: 'degraded', detail: 'sensors fail' },
      gateway: { status: 'healthy' },
      store: { status: 'critical', detail: 'the disk is full; free some room' },
    },
  })
  expect(parts.map(({ name, status }) => [name, status])).toEqual([
    ['store', 'crit'],
    ['collectors', 'warn'],
    ['gateway', 'ok'],
  ])
  expect(parts[0]?.detail).toContain('free some room')
})

it('a collector that fails stands above those that work', () => {
  const one = (state: CollectorStatus['state']): CollectorStatus => ({
    state,
    interval_ms: 1_000,
    rounds: 1,
    failures: 0,
  })
  const collectors = { cpu: one('working'), battery: one('not_offered'), disks: one('failing') }
  expect(collectorRows(metrics({ collectors })).map(({ key }) => key)).toEqual([
    'disks',
    'cpu',
    'battery',
  ])
})

it('what nobody measured is a dash, never a number', () => {
  const gateway: GatewayMetrics = { connections: 1, subscriptions: 2, dropped_connections: 0 }
  expect(textOf(gatewayFacts(gateway), 'Messages a flush')).toBe('–')
  const busy = { ...gateway, sent_messages_per_second: 30, flushes_per_second: 10 }
  expect(textOf(gatewayFacts(busy), 'Messages a flush')).toBe('3.00')
  expect(storeFacts(metrics())).toEqual([])
  expect(textOf(storeFacts(metrics({ store })), 'Shed frames since start')).toBe('2')
})

it('bytes a sample are of what is on disk, and unknown until that is counted', () => {
  const said = (patch: Partial<StoreMetrics>) =>
    textOf(storeFacts(metrics({ store: { ...store, ...patch } })), 'Bytes a sample')
  expect(said({})).toBe('–')
  expect(said({ sealed_samples: 0, sealed_bytes: 0 })).toBe('–')
  expect(said({ sealed_samples: 1_000, sealed_bytes: 780 })).toBe('0.78')
})

it('what showing costs is told, and what the browser does not tell is said', () => {
  const figures = { updates: 9, median: 1.25, p99: 12, longest: 40, longTasks: undefined }
  const facts = renderFacts(figures)
  expect(textOf(facts, 'Time of an update')).toBe('1.25 ms')
  expect(textOf(facts, 'Long tasks')).toBe('Not told by this browser')
  const longTasks = { count: 2, longestMs: 81, lastAt: 5 }
  expect(textOf(renderFacts({ ...figures, longTasks }), 'Longest long task')).toBe('81 ms')
})

it('the way to this browser is told with its last error', () => {
  const link = { transport: 'WebSocket', messagesPerSecond: 1, resumes: 0, resyncs: 3 }
  expect(textOf(linkFacts({ ...link, trips: [] }), 'Recent round trips')).toBe('None yet')
  const lastError = { at: 0, detail: 'no offset' }
  const facts = linkFacts({ ...link, trips: [4, 12], lastError })
  expect(textOf(facts, 'Last round trip')).toBe('12 ms')
  expect(textOf(facts, 'Recent round trips')).toBe('4.00 ms to 12 ms')
  expect(textOf(facts, 'Last error')).toContain('no offset')
  expect(textOf(facts, 'Asked anew')).toBe('3')
})

it('what is kept is said in the largest unit that leaves no rest, as the file has it', () => {
  expect(keptBy(store).map(({ text, line }) => [text.replaceAll('\u00a0', ' '), line])).toEqual([
    ['7 days', 'keep-raw = "7d"'],
    ['36 hours', 'keep-minutes = "36h"'],
    ['1 year', 'keep-hours = "1y"'],
    ['1 day', undefined],
  ])
})

/**
 * facts: what bellwether says of itself, in words. Enters: the topics below `system`, and what the
 * connection's log counted. Leaves: names and texts. Plain functions; unknown is a dash.
 */

import type {
  CollectorState,
  CollectorStatus,
  GatewayMetrics,
  Health,
  SystemHealth,
  SystemMetrics,
} from '@bellwether/client'
import type { Keyed, TableColumn } from '../../components/table/columns'
import {
  bytes,
  bytesPerSecond,
  count,
  duration,
  known,
  latency,
  percent,
  perSecond,
  ratio,
  time,
} from '../../format/format'
import type { RenderFigures } from '../../app/render-log'
import type { Status } from '../../status/status'

export interface Fact {
  readonly name: string
  readonly text: string
  /** Said in full, where the name is short. */
  readonly hint?: string
}

const HEALTH: Record<Health, { readonly status: Status; readonly word: string }> = {
  healthy: { status: 'ok', word: 'Works' },
  degraded: { status: 'warn', word: 'Degraded' },
  critical: { status: 'crit', word: 'Broken' },
}

export interface Part {
  readonly name: string
  readonly status: Status
  readonly word: string
  /** What is wrong and what to do. */
  readonly detail?: string | undefined
}

/** The worst first. */
export function partsOf({ parts }: SystemHealth): Part[] {
  const rank: Record<Health, number> = { critical: 0, degraded: 1, healthy: 2 }
  return Object.entries(parts)
    .sort(([a, one], [b, two]) => rank[one.status] - rank[two.status] || (a < b ? -1 : 1))
    .map(([name, { status, detail }]) => ({ name, detail, ...HEALTH[status] }))
}

export function processFacts({ version, started_at_ms, process }: SystemMetrics, nowMs: number) {
  const facts: Fact[] = [
    { name: 'Version', text: version },
    { name: 'Running for', text: duration((nowMs - started_at_ms) / 1_000) },
    { name: 'CPU, of one core', text: percent(process.cpu_percent) },
    { name: 'Memory', text: bytes(process.memory_bytes) },
    { name: 'Threads', text: count(process.threads) },
    { name: 'Open files', text: count(process.open_files) },
    { name: 'Wake-ups', text: perSecond(process.wakeups_per_second) },
  ]
  return facts
}

export function storeFacts({ store }: SystemMetrics): Fact[] {
  if (!store) return []
  const { sealed_samples: samples, sealed_bytes: sealed } = store
  const each = known(samples) && known(sealed) && samples > 0 ? sealed / samples : undefined
  return [
    { name: 'Size on disk', text: bytes(store.size_bytes) },
    {
      name: 'Bytes a sample',
      text: ratio(each),
      hint: 'Of all samples in compressed hours on disk; each hour is compressed five minutes after its end',
    },
    { name: 'Samples compressed', text: count(samples) },
    { name: 'Series', text: count(store.series) },
    { name: 'Samples since start', text: count(store.samples) },
    { name: 'Failed writes since start', text: count(store.failed_writes) },
    {
      name: 'Shed frames since start',
      text: count(store.shed_frames),
      hint: 'Frames of samples that were never written: the disk was full or too slow',
    },
  ]
}

export function gatewayFacts(gateway: GatewayMetrics): Fact[] {
  const { sent_messages_per_second: sent, flushes_per_second: flushes } = gateway
  const each = known(sent) && known(flushes) && flushes > 0 ? sent / flushes : undefined
  return [
    { name: 'Connections', text: count(gateway.connections) },
    { name: 'Subscriptions', text: count(gateway.subscriptions) },
    { name: 'Messages sent', text: perSecond(sent) },
    { name: 'Bytes sent', text: bytesPerSecond(gateway.sent_bytes_per_second) },
    { name: 'Messages received', text: perSecond(gateway.received_messages_per_second) },
    { name: 'Flushes', text: perSecond(flushes), hint: 'Writes that carried the messages' },
    { name: 'Messages a flush', text: ratio(each), hint: 'What writing many at once saves' },
    {
      name: 'Dropped since start',
      text: count(gateway.dropped_connections),
      hint: 'Connections that the server closed for cause',
    },
  ]
}

export interface Link {
  readonly transport: string
  /** Newest last, in milliseconds. */
  readonly trips: readonly number[]
  readonly messagesPerSecond: number
  readonly resumes: number
  readonly resyncs: number
  readonly lastError?: { readonly at: number; readonly detail: string } | undefined
}

export function linkFacts(link: Link): Fact[] {
  const { trips, lastError } = link
  const span = `${latency(Math.min(...trips))} to ${latency(Math.max(...trips))}`
  return [
    { name: 'Way', text: link.transport },
    { name: 'Last round trip', text: latency(trips.at(-1)) },
    { name: 'Recent round trips', text: trips.length === 0 ? 'None yet' : span },
    { name: 'Messages', text: perSecond(link.messagesPerSecond) },
    { name: 'Resumed', text: count(link.resumes), hint: 'Connections after the first' },
    {
      name: 'Asked anew',
      text: count(link.resyncs),
      hint: 'Topics asked for again because something did not fit',
    },
    {
      name: 'Last error',
      text: lastError ? `${time(lastError.at)} ${lastError.detail}` : 'None',
    },
  ]
}

/** What showing costs; times are of the last ten minutes or so, long tasks since the page was opened. */
export function renderFacts(figures: RenderFigures): Fact[] {
  const { longTasks } = figures
  return [
    { name: 'Updates', text: count(figures.updates), hint: 'Frames that changed the page' },
    {
      name: 'Time of an update',
      text: latency(figures.median),
      hint: 'From a new value to the changed page, half of them at most; painting not included',
    },
    { name: 'Of 99 in 100, at most', text: latency(figures.p99) },
    { name: 'Longest', text: latency(figures.longest) },
    {
      name: 'Long tasks',
      text: longTasks ? count(longTasks.count) : 'Not told by this browser',
      hint: 'Over 50 ms without a pause, in which the page does not answer',
    },
    ...(longTasks && longTasks.count > 0
      ? [{ name: 'Longest long task', text: latency(longTasks.longestMs) }]
      : []),
  ]
}

export interface CollectorRow extends Keyed {
  readonly collector: CollectorStatus
}

export const COLLECTOR: Record<CollectorState, { readonly status: Status; readonly word: string }> =
  {
    working: { status: 'ok', word: 'Works' },
    failing: { status: 'warn', word: 'Fails' },
    not_offered: { status: 'unknown', word: 'Not offered' },
  }

/** What fails first, then by cost; what this host does not offer last. */
export function collectorRows({ collectors }: SystemMetrics): CollectorRow[] {
  const rank: Record<CollectorState, number> = { failing: 0, working: 1, not_offered: 2 }
  return Object.entries(collectors)
    .map(([key, collector]) => ({ key, collector }))
    .sort((a, b) => rank[a.collector.state] - rank[b.collector.state] || (a.key < b.key ? -1 : 1))
}

export const COLLECTOR_COLUMNS: readonly TableColumn<CollectorRow>[] = [
  {
    id: 'name',
    title: 'Collector',
    from: 'phone',
    text: ({ key }) => key,
    sub: ({ collector }) => collector.error ?? COLLECTOR[collector.state].word,
  },
  {
    id: 'state',
    title: 'State',
    width: '112px',
    text: ({ collector }) => COLLECTOR[collector.state].word,
  },
  {
    id: 'every',
    title: 'Every',
    numeric: true,
    width: '84px',
    text: ({ collector }) => latency(collector.interval_ms),
  },
  {
    id: 'cost',
    title: 'Cost a round',
    hint: 'Processor time of its last round',
    numeric: true,
    width: '104px',
    from: 'phone',
    text: ({ collector }) =>
      latency(collector.cost_us === undefined ? undefined : collector.cost_us / 1_000),
    sub: ({ collector }) => `every ${latency(collector.interval_ms)}`,
  },
  {
    id: 'rounds',
    title: 'Rounds',
    numeric: true,
    width: '92px',
    text: ({ collector }) => count(collector.rounds),
  },
  {
    id: 'failures',
    title: 'Failures',
    numeric: true,
    width: '84px',
    from: 'phone',
    text: ({ collector }) => count(collector.failures),
  },
  {
    id: 'error',
    title: 'Last error',
    width: '28%',
    from: 'desktop',
    text: ({ collector }) => collector.error ?? 'None',
  },
]

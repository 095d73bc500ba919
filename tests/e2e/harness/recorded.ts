/**
 * A host that is not there: its payloads are laid into the page's own socket, beside what the real
 * server says, and its history into the answers of the series route. Pages of sensors, batteries and
 * containers can so be seen on machines that have none. The product knows nothing of it.
 */

import type { Page, WebSocketRoute } from 'playwright-core'

/** Payloads of one host at a time, by the last segment of their topic. */
export interface RecordedHost {
  readonly id: string
  at(ms: number): Readonly<Record<string, object>>
  /** Since when it is silent. */
  readonly silentSinceMs?: number
}

const EPOCH = 1
const HISTORY_MS = 15 * 60_000

function matches(pattern: string, topic: string): boolean {
  const wanted = pattern.split('/')
  const given = topic.split('/')
  if (wanted.at(-1) === '**') return wanted.slice(0, -1).every((one, i) => one === given[i])
  return wanted.length === given.length && wanted.every((one, i) => one === '*' || one === given[i])
}

/** Call before the page is opened. What it starts ends with the page. */
export async function showRecorded(page: Page, hosts: readonly RecordedHost[]): Promise<void> {
  // A shared worker's socket is out of reach here: the page opens one of its own.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'))
  await page.routeWebSocket(/\/ws$/, (socket) => serve(page, socket, hosts))
  await page.route(/\/api\/series\?/, async (route) => {
    const { searchParams } = new URL(route.request().url())
    const names = searchParams.get('names')?.split(',') ?? []
    const host = hosts.find(({ id }) => names[0]?.startsWith(`host/${id}/`))
    if (!host) return route.continue()
    const to = Number(searchParams.get('to') ?? Date.now())
    const from = Math.max(Number(searchParams.get('from') ?? 0), to - HISTORY_MS)
    await route.fulfill({
      json: { from, to, step_ms: 0, series: historyOf(host, names, from, to) },
    })
  })
}

function serve(page: Page, socket: WebSocketRoute, hosts: readonly RecordedHost[]): void {
  const server = socket.connectToServer()
  const patterns = new Set<string>()
  const sent = new Map<string, number>()

  const say = (ms: number): void => {
    for (const host of hosts) {
      const ts = Math.min(ms, host.silentSinceMs ?? ms)
      for (const [name, full] of Object.entries(host.at(ts))) {
        const topic = `host/${host.id}/${name}`
        if (![...patterns].some((pattern) => matches(pattern, topic))) continue
        if (host.silentSinceMs !== undefined && sent.has(topic)) continue
        const offset = (sent.get(topic) ?? 0) + 1
        sent.set(topic, offset)
        socket.send(JSON.stringify({ topic, type: 'state', ts, epoch: EPOCH, offset, full }))
      }
    }
  }
  socket.onMessage((message) => {
    server.send(message)
    const request = JSON.parse(String(message)) as { op: string; topics?: string[] }
    if (request.op === 'subscribe') for (const one of request.topics ?? []) patterns.add(one)
    if (request.op === 'unsubscribe') for (const one of request.topics ?? []) patterns.delete(one)
    if (request.op === 'subscribe') say(Date.now())
  })
  server.onMessage((message) => socket.send(message))
  const timer = setInterval(() => say(Date.now()), 1_000)
  page.on('close', () => clearInterval(timer))
  socket.onClose(() => clearInterval(timer))
}

function numberAt(payload: unknown, path: readonly string[]): number | undefined {
  let here = payload
  for (const key of path) here = (here as Record<string, unknown> | undefined)?.[key]
  return typeof here === 'number' ? here : undefined
}

function historyOf(host: RecordedHost, names: readonly string[], from: number, to: number) {
  const end = Math.min(to, host.silentSinceMs ?? to)
  const seconds = Math.max(0, Math.floor((end - from) / 1_000))
  const times = Array.from({ length: seconds }, (_, i) => Math.floor(from) + i * 1_000)
  return names.map((name) => {
    const [, , topic = '', ...path] = name.split('/').map(decodeURIComponent)
    const known = times.flatMap((ms) => {
      const value = numberAt(host.at(ms)[topic], path)
      return value === undefined ? [] : [{ ms, value }]
    })
    const values = known.map(({ value }) => value)
    const at_ms = known.map(({ ms }) => ms)
    return {
      name,
      unit: 'number',
      interval_ms: 1_000,
      at_ms,
      mean: values,
      min: values,
      max: values,
    }
  })
}

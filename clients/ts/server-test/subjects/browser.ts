/**
 * browser: what every browser brings, in a real one: a WebSocket with the little code around it that the
 * protocol asks for, and an EventSource with none: it comes back and goes on by itself.
 */
import { type Browser, chromium } from 'playwright-core'
import { existsSync } from 'node:fs'
import type { Heard } from '../heard.ts'
import type { Subject, Watcher } from './subject.ts'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place))
  if (executablePath === undefined) throw new Error('no Chromium found; install it or set CHROMIUM')
  // As root Chromium refuses to start with its sandbox.
  const isRoot = process.getuid?.() === 0
  const args = ['--disable-gpu', '--no-first-run', ...(isRoot ? ['--no-sandbox'] : [])]
  return chromium.launch({ executablePath, args })
}

export function browserWebSocket(browser: () => Browser): Subject {
  return {
    name: "the browser's WebSocket",
    carrier: 'socket',
    watch: (origin, patterns) => watchIn(browser(), origin, patterns, bySocket),
  }
}

export function browserEventSource(browser: () => Browser): Subject {
  return {
    name: "the browser's EventSource",
    carrier: 'stream',
    watch: (origin, patterns) => watchIn(browser(), origin, patterns, byEventSource),
  }
}

/** What a page tells: something that it heard, how it stands, or what should not have happened. */
type Told =
  | Heard
  | { readonly is: 'connected'; readonly now: boolean }
  | { readonly is: 'fault'; readonly what: string }

async function watchIn(
  browser: Browser,
  origin: string,
  patterns: readonly string[],
  run: (patterns: readonly string[]) => void,
): Promise<Watcher> {
  const heard: Heard[] = []
  const faults: string[] = []
  let connected = false
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.exposeFunction('tell', (told: Told) => {
    if (told.is === 'connected') connected = told.now
    else if (told.is === 'fault') faults.push(told.what)
    else heard.push(told)
  })
  page.on('pageerror', (error) => faults.push(error.message))
  // A page of the same origin; what it shows is of no account.
  await page.goto(`${origin}/healthz`)
  await page.evaluate(run, patterns)
  return { heard, faults, isConnected: () => connected, close: () => context.close() }
}

/* What follows runs in the page: each function is sent there as its text and holds all that it needs. */

declare const tell: (told: Told) => void

function bySocket(patterns: readonly string[]): void {
  type Position = [number, number]
  type Fields = Record<string, unknown>
  interface Said extends Fields {
    topic: string
    epoch: number
    offset: number
  }
  const positions: Record<string, Position> = {}
  const values: Record<string, unknown> = {}

  const isObject = (value: unknown): value is Fields =>
    typeof value === 'object' && value !== null && !Array.isArray(value)

  function merged(known: unknown, patch: unknown): unknown {
    if (!isObject(patch)) return patch
    const value: Fields = isObject(known) ? { ...known } : {}
    for (const [key, change] of Object.entries(patch)) {
      if (change === null) Reflect.deleteProperty(value, key)
      else value[key] = merged(value[key], change)
    }
    return value
  }

  function take(said: Said): void {
    const { topic } = said
    const gap = said.gap as { to: Position; reason: string } | undefined
    if (gap) {
      positions[topic] = [gap.to[0], gap.to[1] - 1]
      tell({ is: 'gap', topic, to: gap.to, reason: gap.reason })
      return
    }
    const position: Position = [said.epoch, said.offset]
    const known = positions[topic]
    if (known?.[0] === position[0] && position[1] <= known[1]) return
    positions[topic] = position
    if ('data' in said) {
      tell({ is: 'event', topic, position, data: said.data })
      return
    }
    values[topic] = 'full' in said ? said.full : merged(values[topic], said.patch)
    tell({ is: 'state', topic, value: values[topic] })
  }

  function open(): void {
    const socket = new WebSocket(`ws://${location.host}/ws`, 'bellwether.v1')
    socket.onopen = () => {
      const since = Object.keys(positions).length > 0 ? { since: positions } : {}
      socket.send(JSON.stringify({ op: 'subscribe', id: 1, topics: patterns, ...since }))
    }
    socket.onmessage = ({ data }) => {
      const said = JSON.parse(data as string) as Fields
      if (said.op === 'ok') tell({ is: 'connected', now: true })
      else if (said.op === 'error') tell({ is: 'fault', what: data as string })
      else if (typeof said.topic === 'string') take(said as Said)
    }
    socket.onclose = () => {
      tell({ is: 'connected', now: false })
      setTimeout(open, 10 + Math.random() * 20)
    }
  }
  open()
}

function byEventSource(patterns: readonly string[]): void {
  interface Said {
    topic: string
    epoch: number
    offset: number
    [field: string]: unknown
  }
  const values: Record<string, Record<string, unknown>> = {}
  const source = new EventSource(`/api/stream?topics=${patterns.join()}`)
  source.addEventListener('welcome', () => tell({ is: 'connected', now: true }))
  source.addEventListener('bye', () => tell({ is: 'fault', what: 'the server said bye' }))
  source.onerror = () => {
    tell({ is: 'connected', now: false })
    if (source.readyState === EventSource.CLOSED) tell({ is: 'fault', what: 'it gave up' })
  }
  source.onmessage = ({ data }) => {
    const said = JSON.parse(data as string) as Said
    const { topic } = said
    const gap = said.gap as { to: [number, number]; reason: string } | undefined
    if (gap) tell({ is: 'gap', topic, to: gap.to, reason: gap.reason })
    else if ('data' in said)
      tell({ is: 'event', topic, position: [said.epoch, said.offset], data: said.data })
    else {
      // What is published here has one level: a patch of it is laid over it.
      values[topic] = { ...(said.full ?? values[topic] ?? {}), ...(said.patch ?? {}) }
      tell({ is: 'state', topic, value: values[topic] })
    }
  }
}

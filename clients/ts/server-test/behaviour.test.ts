/**
 * One behaviour for all who listen: the browser's WebSocket and EventSource, and both of our clients on
 * each of their ways, at the same time, each through a proxy of its own, against the real server.
 */
import { type Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type Heard, faultIn, isAtEnd } from './heard.ts'
import { Program } from './program.ts'
import { Proxy } from './proxy.ts'
import { Publisher } from './publisher.ts'
import { browserEventSource, browserWebSocket, launchBrowser } from './subjects/browser.ts'
import { ownClient } from './subjects/own_client.ts'
import { pythonClient } from './subjects/python_client.ts'
import { type Subject, type Watcher, allowOnly } from './subjects/subject.ts'
import { until } from './until.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
/** More than the ring of a topic holds. */
const MORE_THAN_THE_RING = 310

let browser: Browser
const SUBJECTS: readonly Subject[] = [
  browserWebSocket(() => browser),
  browserEventSource(() => browser),
  ...(['socket', 'stream', 'poll'] as const).flatMap((carrier) => [
    ownClient(carrier),
    pythonClient(carrier),
  ]),
]

interface Listener {
  readonly name: string
  readonly proxy: Proxy
  readonly watcher: Watcher
}

let program: Program
let publisher: Publisher
const listeners: Listener[] = []

beforeAll(async () => {
  browser = await launchBrowser()
})
beforeEach(async () => {
  program = await Program.start()
  publisher = new Publisher(program.origin)
})
afterEach(async () => {
  await Promise.all(listeners.map(({ watcher }) => watcher.close()))
  await Promise.all(listeners.splice(0).map(({ proxy }) => proxy.stop()))
  await program.stop()
})
afterAll(async () => {
  await browser.close()
})

/** Everybody listens. */
async function listen(...patterns: string[]): Promise<void> {
  const begun = SUBJECTS.map(async (subject) => {
    const proxy = await Proxy.start(program.origin)
    allowOnly(proxy, subject.carrier)
    const watcher = await subject.watch(proxy.origin, patterns)
    listeners.push({ name: subject.name, proxy, watcher })
  })
  await Promise.all(begun)
  await each('is connected', ({ watcher }) => watcher.isConnected())
}

/** Until it holds for each; says for whom it does not. */
async function each(what: string, holds: (listener: Listener) => boolean): Promise<void> {
  const waited = listeners.map(async (listener) => {
    const { heard, faults } = listener.watcher
    await until(() => holds(listener)).catch(() => {
      const last = JSON.stringify([...heard.slice(-2), ...faults])
      throw new Error(`${listener.name}: never ${what}; last heard: ${last}`)
    })
  })
  await Promise.all(waited)
}

/** Everybody has everything that was published. */
async function whole(): Promise<void> {
  await each('has the newest', ({ watcher }) => isAtEnd(watcher.heard, publisher))
  for (const { name, watcher } of listeners) {
    expect({ name, fault: faultIn(watcher.heard, publisher) }).toEqual({ name, fault: undefined })
    expect({ name, faults: watcher.faults }).toEqual({ name, faults: [] })
  }
}

async function publishSome(count: number): Promise<void> {
  for (let n = 1; n <= count; n++) {
    await publisher.event('app/suite/happened', { n })
    await publisher.state('app/suite/now', { n, [`field_${n % 3}`]: n })
  }
}

const events = (heard: readonly Heard[]) => heard.filter(({ is }) => is === 'event')
const gaps = (heard: readonly Heard[]) => heard.filter(({ is }) => is === 'gap')

test('what is there comes first, then each change, and only what was asked for', async () => {
  await publishSome(3)
  await listen('app/suite/*')
  await each('hears of the past', ({ watcher }) => events(watcher.heard).length === 3)
  await publisher.event('app/other', 1)
  await publisher.event('app/suite/deep/er', 1)
  await publishSome(4)
  publisher.events.delete('app/other')
  publisher.events.delete('app/suite/deep/er')
  await whole()
  for (const { name, watcher } of listeners) {
    const topics = [...new Set(watcher.heard.map(({ topic }) => topic))].sort()
    expect({ name, topics }).toEqual({ name, topics: ['app/suite/happened', 'app/suite/now'] })
    expect({ name, events: events(watcher.heard).length }).toEqual({ name, events: 7 })
  }
})

test('a topic that comes into being later is heard from its first word', async () => {
  await listen('app/**')
  await publishSome(2)
  await whole()
  for (const { watcher } of listeners) expect(events(watcher.heard)).toHaveLength(2)
})

test('cut, late, and not read for a while, everybody gets everything, once', async () => {
  await listen('app/suite/*')
  await publishSome(2)
  for (const { proxy } of listeners) proxy.cut()
  await publishSome(2)
  await whole()
  for (const { proxy } of listeners) proxy.delayMs = 30
  await publishSome(3)
  for (const { proxy } of listeners) proxy.stalled = true
  await publishSome(3)
  for (const { proxy } of listeners) {
    proxy.stalled = false
    proxy.delayMs = 0
  }
  await publishSome(1)
  await whole()
  for (const { watcher } of listeners) expect(gaps(watcher.heard)).toEqual([])
})

test('away for longer than the ring holds, the gap is told and the rest comes', async () => {
  await listen('app/suite/*')
  await publishSome(1)
  await whole()
  for (const { proxy } of listeners) {
    proxy.dead = true
    proxy.cut()
  }
  for (let n = 2; n <= MORE_THAN_THE_RING; n++) await publisher.event('app/suite/happened', { n })
  for (const { proxy } of listeners) proxy.dead = false
  await whole()
  for (const { name, watcher } of listeners) {
    const told = gaps(watcher.heard).map((gap) => (gap.is === 'gap' ? gap.reason : ''))
    expect({ name, told }).toEqual({ name, told: ['overrun'] })
    expect({ name, events: events(watcher.heard).length }).toEqual({ name, events: 301 })
  }
})

test('the server is killed: the loss is told, and values and events go on', async () => {
  await listen('app/suite/*')
  await publishSome(2)
  await whole()
  await program.kill()
  await each('notices', ({ watcher }) => !watcher.isConnected())
  await program.restart()
  publisher.forgetStates()
  await publishSome(3)
  await whole()
  for (const { name, watcher } of listeners) {
    const told = gaps(watcher.heard).map((gap) => (gap.is === 'gap' ? gap.reason : ''))
    expect({ name, told }).toEqual({ name, told: ['new_epoch'] })
  }
})

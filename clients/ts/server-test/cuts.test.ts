/**
 * Random cuts: each of our clients, on each way, hears each event exactly once and in order, or is told a
 * gap, and each state ends at its newest value. CUTS says how many cuts each takes (50 unless told
 * otherwise), SEED which.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cutAtRandom, dice } from './cuts.ts'
import { faultIn, isAtEnd } from './heard.ts'
import { Program } from './program.ts'
import { Proxy } from './proxy.ts'
import { Publisher } from './publisher.ts'
import { ownClient } from './subjects/own_client.ts'
import { pythonClient } from './subjects/python_client.ts'
import { type Subject, type Watcher, allowOnly } from './subjects/subject.ts'
import { until } from './until.ts'

const CUTS = Number(process.env.CUTS ?? 50)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
/** Cuts come as fast as something new comes, which is at the rate that the server takes: about ten a second. */
const LONGEST_MS = 60_000 + CUTS * 1_000
const SUBJECTS: readonly Subject[] = (['socket', 'stream', 'poll'] as const).flatMap((carrier) => [
  ownClient(carrier),
  pythonClient(carrier),
])

interface Trial {
  readonly subject: Subject
  readonly proxy: Proxy
  readonly watcher: Watcher
}

let program: Program
const trials: Trial[] = []

beforeAll(async () => {
  program = await Program.start()
})
afterAll(async () => {
  await Promise.all(
    trials.map(async ({ proxy, watcher }) => {
      await watcher.close()
      await proxy.stop()
    }),
  )
  await program.stop()
})

test(
  `${CUTS} random cuts of each client on each way, and nothing is lost in silence (SEED=${SEED})`,
  { timeout: LONGEST_MS },
  async () => {
    for (const subject of SUBJECTS) trials.push(await begin(subject))
    const publisher = new Publisher(program.origin)
    let isOver = false
    const publishing = publish(publisher, () => isOver)
    try {
      await Promise.all(trials.map((trial, index) => about(trial, () => cut(trial, index))))
    } finally {
      isOver = true
      await publishing
    }
    // Everything came to rest: nothing may be missing now.
    await Promise.all(trials.map((trial) => about(trial, () => judge(trial, publisher))))
  },
)

async function begin(subject: Subject): Promise<Trial> {
  const proxy = await Proxy.start(program.origin)
  allowOnly(proxy, subject.carrier)
  return { subject, proxy, watcher: await subject.watch(proxy.origin, ['app/cuts/**']) }
}

/** Two topics of events and a state with a field that comes and goes. */
async function publish(publisher: Publisher, isOver: () => boolean): Promise<void> {
  for (let n = 1; !isOver(); n++) {
    await publisher.event('app/cuts/even', { n, text: 'ä'.repeat(n % 90) })
    if (n % 2 === 0) await publisher.event('app/cuts/odd', n)
    await publisher.state('app/cuts/state', { n, [`field_${n % 7}`]: n })
  }
}

async function cut({ subject, proxy, watcher }: Trial, index: number): Promise<void> {
  const began = performance.now()
  await cutAtRandom({
    proxy,
    carrier: subject.carrier,
    cuts: CUTS,
    random: dice(SEED + index),
    heard: () => watcher.heard.length,
  })
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  const gaps = watcher.heard.filter(({ is }) => is === 'gap').length
  console.info(
    `${subject.name}: ${JSON.stringify(proxy.cuts)} cut in ${seconds} s, ${gaps} gaps told`,
  )
}

async function judge({ watcher }: Trial, publisher: Publisher): Promise<void> {
  await until(() => isAtEnd(watcher.heard, publisher))
  expect(faultIn(watcher.heard, publisher)).toBeUndefined()
  expect(watcher.faults).toEqual([])
}

/** Whose fault it is, and how to see it again. */
async function about({ subject, watcher }: Trial, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (cause) {
    const state = `${watcher.heard.length} heard, ${watcher.isConnected() ? '' : 'not '}connected`
    const faults = watcher.faults.join('\n')
    throw new Error(`${subject.name}, SEED=${SEED}: ${String(cause)} (${state}) ${faults}`, {
      cause,
    })
  }
}

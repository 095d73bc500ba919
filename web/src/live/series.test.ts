import { POLL_MS } from '@bellwether/client'
import { beforeEach, describe, expect, test } from 'vitest'
import { ref } from 'vue'
import { useConnection } from './connection_log'
import type { TimeRange } from './range'
import { useSeries } from './series'
import { Stage, answer } from './testing/stage'
import { useTimeRange } from './time_range'

const CPU = 'host/a/cpu'
const TOTAL = `${CPU}/total_percent`
const CORE = `${CPU}/cores/0/busy_percent`
const summary = { name: 'a', intervals_ms: { cpu: 1_000 } }

let stage: Stage
let offset: number

beforeEach(() => {
  stage = new Stage()
  offset = 0
})

/** A sample of the CPU, measured now. */
function sample(percent: number, at = stage.world.now()): void {
  offset += 1
  const full = { cores: { '0': { busy_percent: percent / 2 } }, total_percent: percent }
  stage.link.state(CPU, [1, offset], { full }, at)
}

async function welcome(): Promise<void> {
  await stage.welcome()
  stage.link.state('host/a/summary', [1, Date.now()], { full: summary })
  await stage.paint()
}

/** Samples for some seconds, one in each. */
async function seconds(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await stage.pass(1_000)
    sample(i)
    await stage.paint()
  }
}

test('between two polls history is read once, however many wishes are answered', async () => {
  stage = new Stage('poll')
  stage.enter(() => useSeries([TOTAL]))
  await stage.welcome()
  const first = stage.link
  const start = stage.world.now()
  const before = stage.asked.length
  // Each topic that the page wants is asked for by itself when polling begins.
  for (let wish = 0; wish < 20; wish++) first.alive()
  await stage.paint()
  expect(stage.asked).toHaveLength(before)
  await stage.pass(POLL_MS)
  expect(stage.asked.slice(before).map(({ from }) => from)).toEqual([start])
})

test('history comes first, then the samples as they happen', async () => {
  const start = stage.world.now()
  stage.history = (wish) =>
    Promise.resolve(
      answer(wish, [
        [start - 1_000, 7],
        [start, 8],
      ]),
    )
  const { view, state } = stage.enter(() => useSeries([TOTAL, CORE]))
  expect(state.value).toEqual({ is: 'loading' })
  await welcome()
  expect(stage.asked).toMatchObject([
    { names: [TOTAL, CORE], from: start - 300_000, to: start + 1 },
  ])
  expect(stage.asked[0]).not.toHaveProperty('step')
  expect(state.value).toEqual({ is: 'ready' })
  await seconds(2)
  expect([...view.value.at]).toEqual([start - 1_000, start, start + 1_000, start + 2_000])
  expect(view.value.values.map((column) => [...column])).toEqual([
    [7, 8, 0, 1],
    [7, 8, 0, 0.5],
  ])
  expect(view.value).toMatchObject({
    from: start + 2_000 - 300_000,
    to: start + 2_000,
    stepMs: 0,
    intervalMs: 1_000,
  })
  expect(view.value.units).toEqual(['percent', 'percent'])
})

test('an old hole is no reason to ask twice', async () => {
  const start = stage.world.now()
  const given = [200, 199, 100, 99, 1, 0].map((ago) => [start - ago * 1_000, 1] as const)
  stage.history = (wish) => Promise.resolve(answer(wish, given))
  const { view } = stage.enter(() => useSeries([TOTAL]))
  await welcome()
  await seconds(10)
  expect([...view.value.values[0]!].filter(Number.isNaN)).toHaveLength(2)
  expect(stage.asked).toHaveLength(1)
})

test('a new view at most once per frame', async () => {
  const { view } = stage.enter(() => useSeries([TOTAL]))
  await welcome()
  const before = view.value
  sample(1, stage.world.now() + 1)
  sample(2, stage.world.now() + 2)
  expect(view.value).toBe(before)
  await stage.paint()
  expect(view.value.at).toHaveLength(2)
})

test('names of two topics are a mistake that is told', () => {
  expect(() => stage.enter(() => useSeries([TOTAL, 'host/a/memory/used_percent']))).toThrow(
    'one topic',
  )
})

test('no names, no lines', async () => {
  const { view, state } = stage.enter(() => useSeries([]))
  await welcome()
  expect(state.value.is).toBe('ready')
  expect(view.value.values).toEqual([])
  expect(stage.asked).toEqual([])
})

describe('after a loss', () => {
  async function lose(ms: number): Promise<void> {
    stage.link.end()
    await stage.world.pass(ms)
    if (!stage.link.open) throw new Error('no attempt was made')
  }

  test('only what is missing is read, merged by time, and told', async () => {
    const { view, log } = stage.enter(() => ({ ...useSeries([TOTAL]), log: useConnection() }))
    await welcome()
    await seconds(5)
    const lostAt = stage.world.now()
    await lose(1_000)
    await stage.pass(9_000)
    stage.history = (wish) =>
      Promise.resolve(
        answer(
          wish,
          [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [lostAt + n * 1_000, n]),
        ),
      )
    stage.asked.length = 0
    await stage.welcome()
    sample(10)
    await stage.paint()
    expect(stage.asked).toMatchObject([{ from: lostAt }])
    expect([...view.value.at].filter((at) => at > lostAt)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => lostAt + n * 1_000),
    )
    expect([...view.value.values[0]!].some(Number.isNaN)).toBe(false)
    expect(log.lastFill.value).toEqual({ at: lostAt + 10_000, outageMs: 10_000, filledMs: 9_000 })
  })

  test('what nobody measured stays a hole, and is asked for once more', async () => {
    const { view } = stage.enter(() => useSeries([TOTAL]))
    await welcome()
    await seconds(3)
    const lostAt = stage.world.now()
    await lose(1_000)
    await stage.pass(9_000)
    stage.asked.length = 0
    await stage.welcome()
    sample(1)
    await stage.paint()
    const around = [...view.value.at].map((at, i) => [at - lostAt, view.value.values[0]?.[i]])
    expect(around.slice(-3)).toEqual([
      [0, 2],
      [1_000, NaN],
      [10_000, 1],
    ])
    await stage.pass(60_000)
    expect(stage.asked.length).toBeLessThanOrEqual(2)
  })
})

describe('paused', () => {
  test('the view is held while samples are kept and counted', async () => {
    const { view, range } = stage.enter(() => ({ ...useSeries([TOTAL]), range: useTimeRange() }))
    await welcome()
    await seconds(3)
    range.pause()
    const held = { at: [...view.value.at], value: [...view.value.values[0]!] }
    // More than the ring has room for: the held view is no window into it.
    await seconds(2_000)
    expect({ at: [...view.value.at], value: [...view.value.values[0]!] }).toEqual(held)
    expect(range.newSamples).toBe(2_000)
    range.resume()
    await stage.paint()
    expect(view.value.to).toBe(stage.world.now())
    expect(range.newSamples).toBe(0)
  })

  test('another range goes on', async () => {
    const { range } = stage.enter(() => ({ ...useSeries([TOTAL]), range: useTimeRange() }))
    await welcome()
    range.pause()
    range.setRange({ is: 'live', windowMs: 60_000 })
    expect(range.pausedAt).toBeUndefined()
  })
})

describe('ranges', () => {
  test('a longer window reads what is older; a long one comes in steps', async () => {
    const { range, view } = stage.enter(() => ({ ...useSeries([TOTAL]), range: useTimeRange() }))
    await welcome()
    const now = stage.world.now()
    range.setRange({ is: 'live', windowMs: 900_000 })
    await stage.paint()
    expect(stage.asked.at(-1)).toMatchObject({ from: now - 900_000 })
    range.setRange({ is: 'live', windowMs: 300_000 })
    await stage.paint()
    expect(stage.asked).toHaveLength(2)
    range.setRange({ is: 'live', windowMs: 3_600_000 })
    await stage.paint()
    expect(stage.asked.at(-1)).toMatchObject({ from: now - 3_600_000, step: 10_000 })
    expect(view.value.stepMs).toBe(10_000)
  })

  test('a fixed one is read as it is and no sample is added', async () => {
    stage.history = (wish) =>
      Promise.resolve({
        ...answer(
          wish,
          [
            [1_000, 3],
            [2_500, 4],
          ],
          500,
        ),
        step_ms: 500,
      })
    const range: TimeRange = { is: 'fixed', from: 1_000, to: 3_000 }
    const { view, state } = stage.enter(() => useSeries([TOTAL], range))
    await welcome()
    sample(99)
    await stage.paint()
    expect(stage.asked).toMatchObject([{ from: 1_000, to: 3_000 }])
    expect(view.value).toMatchObject({ from: 1_000, to: 3_000, stepMs: 500 })
    expect([...view.value.at]).toEqual([1_000, 1_500, 2_500])
    expect([...view.value.high[0]!]).toEqual([4, NaN, 5])
    expect(state.value.is).toBe('ready')
    expect(stage.link.last('subscribe')).toBeUndefined()
  })

  test('names that change are read anew; an array with the same names is not', async () => {
    const names = ref([TOTAL])
    const { view } = stage.enter(() => useSeries(names))
    await welcome()
    names.value = [TOTAL]
    await stage.paint()
    expect(stage.asked).toHaveLength(1)
    names.value = [CORE]
    await stage.paint()
    expect(stage.asked).toHaveLength(2)
    expect(view.value.names).toEqual([CORE])
  })
})

describe('failing', () => {
  test('samples come all the same, and a person can try again', async () => {
    stage.history = () => Promise.reject(new Error('the store is full'))
    const { view, state, retry } = stage.enter(() => useSeries([TOTAL]))
    await welcome()
    sample(5)
    await stage.paint()
    expect(state.value).toEqual({ is: 'failed', detail: 'the store is full' })
    expect([...view.value.values[0]!]).toEqual([5])
    stage.history = (wish) => Promise.resolve(answer(wish, []))
    retry()
    await stage.paint()
    expect(state.value).toEqual({ is: 'ready' })
  })

  test('without any socket there is still history', async () => {
    const { state } = stage.enter(() => useSeries([TOTAL]))
    await stage.world.pass(0)
    stage.link.end(1000)
    await stage.paint()
    expect(stage.asked).toHaveLength(1)
    expect(state.value).toEqual({ is: 'ready' })
  })
})

describe('leaving', () => {
  test('within five minutes only what was missed is read', async () => {
    const first = stage.enter(() => useSeries([TOTAL]))
    await welcome()
    await seconds(3)
    const left = stage.world.now()
    first.leave()
    await stage.pass(60_000)
    expect(stage.link.last('unsubscribe')?.topics).toContain(CPU)
    stage.enter(() => useSeries([TOTAL]))
    await stage.paint()
    expect(stage.asked).toHaveLength(2)
    expect(stage.asked.at(-1)).toMatchObject({ from: left })
  })

  test('after five minutes all of it', async () => {
    const first = stage.enter(() => useSeries([TOTAL]))
    await welcome()
    await seconds(3)
    first.leave()
    await stage.pass(301_000)
    stage.enter(() => useSeries([TOTAL]))
    await stage.paint()
    expect(stage.asked.at(-1)).toMatchObject({ from: stage.world.now() - 300_000 })
  })

  test('an answer that comes too late is not used', async () => {
    let give: () => void = () => undefined
    stage.history = (wish) => new Promise((resolve) => (give = () => resolve(answer(wish, []))))
    const first = stage.enter(() => useSeries([TOTAL]))
    await welcome()
    first.leave()
    expect(stage.asked[0]?.signal?.aborted).toBe(true)
    give()
    await stage.paint()
    expect(first.state.value).toEqual({ is: 'loading' })
  })
})

import { nextTick } from 'vue'
import { expect, it } from 'vitest'
import { Frames } from '../live/frames'
import { RenderLog } from './render-log'

function started(tells = true) {
  const log = new RenderLog()
  let nowMs = 0
  let run = (): void => undefined
  let told: (startedAt: number, ms: number) => void = () => undefined
  const frames = new Frames((flush) => (run = flush))
  log.start(
    frames,
    () => nowMs,
    (tell) => {
      told = tell
      return tells
    },
  )
  /** A frame whose update takes this long. */
  async function frame(ms: number): Promise<void> {
    frames.wish(() => (nowMs += ms))
    run()
    await nextTick()
  }
  return { log, frame, told: (at: number, ms: number) => told(at, ms) }
}

it('an update counts from its first value to the changed document', async () => {
  const { log, frame } = started()
  expect(log.figures()).toMatchObject({ updates: 0, median: undefined, longest: undefined })
  for (const ms of [4, 1, 2, 30, 3]) await frame(ms)
  expect(log.figures()).toMatchObject({ updates: 5, median: 3, p99: 30, longest: 30 })
})

it('only the last ten minutes count, all are counted', async () => {
  const { log, frame } = started()
  await frame(500)
  for (let i = 0; i < 600; i += 1) await frame(2)
  expect(log.figures()).toMatchObject({ updates: 601, median: 2, p99: 2, longest: 2 })
})

it('long tasks are counted, and no number is made up where the browser does not tell', () => {
  const { log, told } = started()
  expect(log.figures().longTasks).toEqual({ count: 0, longestMs: 0, lastAt: undefined })
  told(1_000, 80)
  told(2_000, 60)
  expect(log.figures().longTasks).toEqual({ count: 2, longestMs: 80, lastAt: 2_000 })
  expect(started(false).log.figures().longTasks).toBeUndefined()
})

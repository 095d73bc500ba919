import { expect, it, vi } from 'vitest'
import { Saver } from './saver'

function start() {
  const asked: number[] = []
  const wakes: ((why: 'hidden' | 'visible') => void)[] = []
  const later: (() => void)[] = []
  const client = { setIntervalMs: (ms: number) => asked.push(ms), pauseStates: vi.fn() }
  const environment = {
    onWake: (told: (why: 'hidden' | 'visible') => void) => {
      wakes.push(told)
      return () => undefined
    },
    after: (_ms: number, run: () => void) => {
      later.push(run)
      return () => undefined
    },
  } as unknown as ConstructorParameters<typeof Saver>[1]
  const saver = new Saver(client, environment, () => undefined)
  return { saver, asked, wakes, later }
}

it('flushes come sooner while somebody is in a hurry, and saving weighs more', () => {
  const { saver, asked } = start()
  const first = saver.hurry()
  const second = saver.hurry()
  saver.set(true)
  saver.set(false)
  first()
  second()
  expect(asked).toEqual([50, 50, 5_000, 50, 50, 100])
})

it('nobody looks for half a minute: the slowest, and states are paused', () => {
  const { saver, asked, wakes, later } = start()
  saver.hurry()
  for (const told of wakes) told('hidden')
  for (const run of later) run()
  for (const told of wakes) told('visible')
  expect(asked).toEqual([50, 10_000, 50])
})

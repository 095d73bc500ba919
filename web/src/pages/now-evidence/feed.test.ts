import type { ProcessEvent } from '@bellwether/client'
import { expect, it } from 'vitest'
import { type Heard, feedOf } from './feed'

function heard(atMs: number, name: string, more: Partial<ProcessEvent> = {}): Heard {
  return {
    atMs,
    event: { change: 'started', key: `${String(atMs)}:1`, pid: atMs, parent_pid: 1, name, ...more },
  }
}

it('newest first, with what is known of each', () => {
  const stop = { change: 'stopped', lifetime_seconds: 185, cpu_seconds: 1.2, user: 'root' } as const
  const lines = feedOf([heard(1, 'cron'), heard(2, 'gcc', stop)], 10)
  expect(
    lines.map((line) => `${line.change} ${line.name}: ${line.detail}`.replaceAll('\u00a0', ' ')),
  ).toEqual(['stopped gcc: PID 2, root, after 3 min 5 s, 1.20 s of CPU', 'started cron: PID 1'])
})

it('folds what repeats, and keeps the newest time', () => {
  const lines = feedOf([heard(1, 'sh'), heard(2, 'cc1'), heard(3, 'cc1'), heard(4, 'cc1')], 10)
  expect(lines.map((line) => [line.name, line.times, line.atMs])).toEqual([
    ['cc1', 3, 4],
    ['sh', 1, 1],
  ])
})

it('shows no more than there is room for, but folds into the last', () => {
  const lines = feedOf([heard(1, 'a'), heard(2, 'b'), heard(3, 'b'), heard(4, 'c')], 2)
  expect(lines.map((line) => [line.name, line.times])).toEqual([
    ['c', 1],
    ['b', 2],
  ])
})

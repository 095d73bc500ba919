/**
 * feed: starts and stops of processes as lines to read. Newest first; a program that comes and goes
 * many times in a row is one line with a count. A plain function.
 */

import type { ProcessEvent } from '@bellwether/client'
import * as format from '../../format/format'
import type { LiveEvent } from '../../live'

/** What happens to processes, and what was lost of it. */
export type ProcessNews = LiveEvent<`host/${string}/process`>

export interface Heard {
  readonly atMs: number
  readonly event: ProcessEvent
}

export interface FeedLine {
  readonly atMs: number
  readonly change: ProcessEvent['change']
  readonly name: string
  readonly detail: string
  /** How many of the same kind this line stands for. */
  readonly times: number
}

function detailOf({ event }: Heard): string {
  const who = `PID ${String(event.pid)}${event.user === undefined ? '' : `, ${event.user}`}`
  if (event.change === 'started') return who
  const parts = [
    event.lifetime_seconds === undefined ? '' : `after ${format.duration(event.lifetime_seconds)}`,
    event.cpu_seconds === undefined || event.cpu_seconds < 0.05
      ? ''
      : `${format.latency(event.cpu_seconds * 1000)} of CPU`,
  ].filter(Boolean)
  return [who, ...parts].join(', ')
}

/** `events` oldest first, as they came. */
export function feedOf(events: readonly Heard[], most: number): FeedLine[] {
  const lines: FeedLine[] = []
  for (let i = events.length - 1; i >= 0; i -= 1) {
    const heard = events[i]
    if (!heard) continue
    const before = lines.at(-1)
    if (before?.name === heard.event.name && before.change === heard.event.change) {
      lines[lines.length - 1] = { ...before, times: before.times + 1 }
      continue
    }
    if (lines.length === most) break
    lines.push({
      atMs: heard.atMs,
      change: heard.event.change,
      name: heard.event.name,
      detail: detailOf(heard),
      times: 1,
    })
  }
  return lines
}

/** What came, oldest first. */
export function heardOf(events: readonly ProcessNews[]): Heard[] {
  return events
    .flatMap((one) => (one.is === 'event' ? [{ atMs: one.at, event: one.data }] : []))
    .reverse()
}

/** Told when some were lost: never a silent hole. */
export function gapText(events: readonly ProcessNews[]): string | undefined {
  return events.some((one) => one.is === 'gap')
    ? 'Some were missed while the connection was away'
    : undefined
}

/**
 * book: what is known of users' own signals. Enters: states and events as they come, history as it was
 * read. Leaves: a line for each topic, with its newest values and the last five minutes of the first of its
 * numbers. Not reactive: whoever shows it asks when something has changed, and not for every message.
 */

import { groupOf, titleOf } from './names'
import { type Field, fieldsOf, isMeasured } from './values'

/** How far back small lines go, and in how many steps. */
export const SPARK_MS = 300_000
export const SPARK_POINTS = 60
/** Numbers of one signal that are shown in the list. */
export const SHOWN = 3

const STEP_MS = SPARK_MS / SPARK_POINTS

export interface Signal {
  readonly topic: string
  readonly title: string
  readonly group: string
  readonly kind: 'state' | 'event'
  /** When it was published last, on the server's clock. */
  readonly at: number
  readonly data: unknown
  readonly fields: readonly Field[]
}

/** Values of a series by the step in which they were. */
type Steps = Map<number, number>

export class SignalBook {
  /** Counts what changed. */
  revision = 0
  readonly #signals = new Map<string, Signal>()
  readonly #steps = new Map<string, Steps>()

  get size(): number {
    return this.#signals.size
  }

  all(): Signal[] {
    return [...this.#signals.values()]
  }

  take(topic: string, kind: Signal['kind'], at: number, data: unknown): void {
    const before = this.#signals.get(topic)
    if (before && before.at > at) return
    this.revision += 1
    if (kind === 'state' && isEmpty(data)) {
      this.#signals.delete(topic)
      return
    }
    const fields = fieldsOf(data)
    const { title, group } = before ?? { title: titleOf(topic), group: groupOf(topic) }
    this.#signals.set(topic, { topic, title, group, kind, at, data, fields })
    if (kind === 'state') for (const field of shownOf(fields)) this.#feed(topic, field, at)
  }

  /** Puts history in, where nothing came live. */
  fill(series: string, at: readonly number[], values: readonly (number | null)[]): void {
    const steps = this.#steps.get(series) ?? new Map<number, number>()
    at.forEach((ms, i) => {
      const [step, value] = [Math.floor(ms / STEP_MS), values[i]]
      if (typeof value === 'number' && !steps.has(step)) steps.set(step, value)
    })
    this.#steps.set(series, steps)
    this.revision += 1
  }

  /** The last five minutes of a series, oldest first, as shares of what it moved between. */
  spark(series: string, nowMs: number): number[] {
    const steps = this.#steps.get(series)
    if (!steps) return []
    const last = Math.floor(nowMs / STEP_MS)
    const line: number[] = []
    let value: number | undefined
    for (let step = last - SPARK_POINTS + 1; step <= last; step++) {
      // A state stands until it is published again.
      value = steps.get(step) ?? value
      if (value !== undefined) line.push(value)
    }
    const [low, high] = [Math.min(...line), Math.max(...line)]
    return line.map((one) => (high > low ? (one - low) / (high - low) : 0.5))
  }

  #feed(topic: string, { path, value }: Field, at: number): void {
    if (typeof value !== 'number') return
    const name = nameOf(topic, path)
    const steps = this.#steps.get(name) ?? new Map<number, number>()
    const step = Math.floor(at / STEP_MS)
    steps.set(step, value)
    if (steps.size > 2 * SPARK_POINTS) {
      for (const old of steps.keys()) if (old < step - SPARK_POINTS) steps.delete(old)
    }
    this.#steps.set(name, steps)
  }
}

/** The numbers that the list shows. */
export function shownOf(fields: readonly Field[]): Field[] {
  return fields.filter(isMeasured).slice(0, SHOWN)
}

/** Names a series inside the book. */
export function nameOf(topic: string, path: readonly string[]): string {
  return JSON.stringify([topic, path])
}

function isEmpty(data: unknown): boolean {
  return typeof data === 'object' && data !== null && Object.keys(data).length === 0
}

export interface Group {
  readonly name: string
  readonly signals: readonly Signal[]
}

/** Signals whose name or values hold all words, by their first word, at most so many. */
export function groupsOf(
  signals: readonly Signal[],
  words: string,
  limit: number,
): { groups: Group[]; found: number } {
  const wanted = words.toLowerCase().split(/\s+/)
  const found = signals
    .filter(({ title, kind }) => {
      const text = `${title} ${kind}`.toLowerCase()
      return wanted.every((word) => text.includes(word))
    })
    .sort((a, b) => (a.title < b.title ? -1 : 1))
  const groups = new Map<string, Signal[]>()
  for (const signal of found.slice(0, limit)) {
    const same = groups.get(signal.group)
    if (same) same.push(signal)
    else groups.set(signal.group, [signal])
  }
  return {
    groups: [...groups].map(([name, of]) => ({ name, signals: of })),
    found: found.length,
  }
}

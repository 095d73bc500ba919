/**
 * heard: what reached a subscriber, in order, and whether that is what was published: each event exactly
 * once and in order, or a told gap; each state at its newest value in the end.
 */
import type { Position } from '../src/index.ts'

export type Heard =
  | {
      readonly is: 'event'
      readonly topic: string
      readonly position: Position
      readonly data: unknown
    }
  | { readonly is: 'gap'; readonly topic: string; readonly to: Position; readonly reason: string }
  | { readonly is: 'state'; readonly topic: string; readonly value: unknown }

/** What was published, by topic. */
export interface Published {
  /** Events in order. */
  readonly events: ReadonlyMap<string, readonly { position: Position; data: unknown }[]>
  /** The newest values. */
  readonly states: ReadonlyMap<string, unknown>
}

/** What is wrong with what somebody heard, for people; `undefined` when nothing is. */
export function faultIn(heard: readonly Heard[], published: Published): string | undefined {
  for (const [topic, events] of published.events) {
    const fault = faultInEvents(topic, events, heard)
    if (fault !== undefined) return fault
  }
  for (const [topic, newest] of published.states) {
    const last = heard.findLast((one) => one.is === 'state' && one.topic === topic)
    const value = last?.is === 'state' ? last.value : undefined
    if (text(value) !== text(newest))
      return `${topic} ends at ${text(value)}, the newest is ${text(newest)}`
  }
  return undefined
}

/** Whether the newest of everything has come. Says nothing of what came before. */
export function isAtEnd(heard: readonly Heard[], published: Published): boolean {
  for (const [topic, events] of published.events) {
    const newest = events.at(-1)?.position
    const last = heard.findLast((one) => one.is === 'event' && one.topic === topic)
    if (newest && (last?.is !== 'event' || last.position.join() !== newest.join())) return false
  }
  for (const [topic, newest] of published.states) {
    const last = heard.findLast((one) => one.is === 'state' && one.topic === topic)
    if (last?.is !== 'state' || text(last.value) !== text(newest)) return false
  }
  return true
}

function faultInEvents(
  topic: string,
  events: readonly { position: Position; data: unknown }[],
  heard: readonly Heard[],
): string | undefined {
  const all = new Map(events.map(({ position, data }) => [position.join(), text(data)]))
  let next: Position | undefined
  for (const one of heard) {
    if (one.topic !== topic || one.is === 'state') continue
    const at = one.is === 'gap' ? one.to : one.position
    if (one.is === 'gap') {
      if (next?.[0] === at[0] && at[1] < next[1])
        return `${topic}: a gap leads back from ${next.join()} to ${at.join()}`
      next = at
      continue
    }
    if ((next ?? at).join() !== at.join())
      return `${topic}: ${at.join()} came where ${String(next)} was next, and nobody told why`
    const data = all.get(at.join())
    if (data === undefined) return `${topic}: nothing was published at ${at.join()}`
    if (data !== text(one.data)) return `${topic}: ${at.join()} is ${text(one.data)}, not ${data}`
    next = [at[0], at[1] + 1]
  }
  const newest = events.at(-1)?.position
  if (!newest || next?.join() === [newest[0], newest[1] + 1].join()) return undefined
  return `${topic} ends before ${next?.join() ?? 'it began'}, the newest is ${newest.join()}`
}

/** JSON with its keys in order, so that equal values are equal texts. */
function text(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/**
 * held: what the client has of each topic, and where it stands in it. Decides for each envelope
 * whether it is news, so that nothing is applied twice and nothing is missed in silence.
 */
import type { Envelope, Gap, Position } from './generated/types.ts'
import { applyPatch } from './merge_patch.ts'
import { faultOf } from './shape.ts'
import { shapeOf } from './topics.ts'

/** An event as it happened. */
export interface Event {
  readonly topic: string
  readonly ts: number
  readonly position: Position
  readonly data: unknown
}

/** The newest value of a state topic; empty when what it was about is no more. */
export interface State {
  readonly topic: string
  /** When it was measured; grows also when the value stays the same. */
  readonly ts: number
  readonly value: Record<string, unknown>
}

export type Verdict =
  | { readonly is: 'state'; readonly state: State }
  /** `lost` is told first: it happened before the event. */
  | { readonly is: 'event'; readonly event: Event; readonly lost?: Gap }
  /** Known already. */
  | { readonly is: 'duplicate' }
  /** A patch of something else than what is held: the full value is needed. */
  | { readonly is: 'unfounded' }
  /** Not what its shape says. It is not shown, and its patches are not applied. */
  | { readonly is: 'bad'; readonly detail: string }

interface HeldState {
  position: Position
  /** Absent after a bad payload: then only a full value helps. */
  state?: State
}

interface HeldEvents {
  position: Position
  recent: Event[]
}

/** A position that no topic has: naming it makes the server start over with the full value. */
export const NOWHERE: Position = [0, 0]

export class Held {
  readonly #states = new Map<string, HeldState>()
  readonly #events = new Map<string, HeldEvents>()

  /** `keep`: events per topic that a late listener still gets; the server's ring is as long. */
  constructor(private readonly keep: number) {}

  state(topic: string): State | undefined {
    return this.#states.get(topic)?.state
  }

  allStates(): State[] {
    return [...this.#states.values()].flatMap(({ state }) => state ?? [])
  }

  allEvents(): Event[] {
    return [...this.#events.values()].flatMap(({ recent }) => recent).sort((a, b) => a.ts - b.ts)
  }

  /** Where to go on after a reconnect. */
  positions(): Map<string, Position> {
    const known = new Map<string, Position>()
    for (const [topic, { position, state }] of this.#states)
      known.set(topic, state ? position : NOWHERE)
    for (const [topic, { position }] of this.#events) known.set(topic, position)
    return known
  }

  /** Forgets topics that nobody wants any more. */
  forget(unwanted: (topic: string) => boolean): void {
    for (const held of [this.#states, this.#events]) {
      for (const topic of held.keys()) if (unwanted(topic)) held.delete(topic)
    }
  }

  take(envelope: Envelope): Verdict {
    return 'data' in envelope ? this.#takeEvent(envelope) : this.#takeState(envelope)
  }

  /**
   * Events are lost; the next one follows `gap.to`. Whether that is news: a durable subscription begins
   * again where it was acknowledged, which may be behind what came.
   */
  takeGap(topic: string, { to, reason }: Gap): boolean {
    const position: Position = [to[0], to[1] - 1]
    const held = this.#events.get(topic)
    if (!held) this.#events.set(topic, { position, recent: [] })
    else if (reason === 'overrun' && held.position[0] === to[0] && to[1] <= held.position[1])
      return false
    else held.position = position
    return true
  }

  #takeState(envelope: Exclude<Envelope, { data: unknown }>): Verdict {
    const { topic, ts } = envelope
    const position: Position = [envelope.epoch, envelope.offset]
    const held = this.#states.get(topic)
    const sameEpoch = held?.position[0] === position[0]
    if (held && sameEpoch && position[1] <= held.position[1]) {
      // A full value after a bad one may repeat the position.
      if (held.state || !('full' in envelope)) return { is: 'duplicate' }
    }
    let value: Record<string, unknown>
    if ('full' in envelope) {
      value = envelope.full
    } else {
      if (!held?.state || !sameEpoch) return { is: 'unfounded' }
      value = applyPatch(held.state.value, envelope.patch)
    }
    // What the topic was about is no more. Should it come back, it begins with its full value.
    if (Object.keys(value).length === 0) {
      // A server that was restarted does not know whether a topic that is no more held events: those that
      // came stay, and where they stopped is remembered.
      if (this.#events.has(topic)) return { is: 'duplicate' }
      this.#states.delete(topic)
      return { is: 'state', state: { topic, ts, value } }
    }
    const shape = shapeOf('state', topic)
    const detail = shape && faultOf(shape, value, held?.state?.value)
    if (detail !== undefined) {
      this.#states.set(topic, { position })
      return { is: 'bad', detail: `${topic}: ${detail}` }
    }
    const state: State = { topic, ts, value }
    this.#states.set(topic, { position, state })
    return { is: 'state', state }
  }

  #takeEvent(envelope: Envelope & { data: unknown }): Verdict {
    const { topic, ts, data } = envelope
    const position: Position = [envelope.epoch, envelope.offset]
    const held = this.#events.get(topic)
    const sameEpoch = held?.position[0] === position[0]
    if (held && sameEpoch && position[1] <= held.position[1]) return { is: 'duplicate' }
    let lost: Gap | undefined
    if (held && !sameEpoch) lost = { from: held.position, to: position, reason: 'new_epoch' }
    else if (held && position[1] > held.position[1] + 1) {
      // The server tells its gaps; one that nobody told is told here.
      lost = { from: held.position, to: position, reason: 'overrun' }
    }
    const recent = held?.recent ?? []
    this.#events.set(topic, { position, recent })
    const shape = shapeOf('event', topic)
    const detail = shape && faultOf(shape, data)
    if (detail !== undefined) return { is: 'bad', detail: `${topic}: ${detail}` }
    const event: Event = { topic, ts, position, data }
    recent.push(event)
    if (recent.length > this.keep) recent.shift()
    return lost ? { is: 'event', event, lost } : { is: 'event', event }
  }
}

/**
 * topic_store: the newest value of each watched topic, for components. Enters: states as the client
 * decodes them. Leaves: one shallow reference per topic, changed at most once per frame; a hidden page
 * keeps only the newest.
 */
import type { Client, PayloadOf, StateOf, StateTopic } from '@bellwether/client'
import { type ShallowRef, shallowRef } from 'vue'
import type { Frames } from './frames'

export interface TopicValue<T extends StateTopic> {
  readonly value: PayloadOf<T>
  /** When it was measured, on the server's clock. */
  readonly at: number
}

interface Watched<T extends StateTopic> {
  readonly values: ShallowRef<ReadonlyMap<string, TopicValue<T>>>
  readonly stop: () => void
  users: number
}

export class TopicStore {
  readonly #watched = new Map<string, Watched<StateTopic>>()

  constructor(
    private readonly client: Pick<Client, 'watchState'>,
    private readonly frames: Frames,
  ) {}

  /** Values of all topics that a pattern matches; each `take` needs its `release`. */
  take<T extends StateTopic>(pattern: T): ShallowRef<ReadonlyMap<string, TopicValue<T>>> {
    const known = this.#watched.get(pattern) ?? this.#watch(pattern)
    known.users += 1
    // What is kept under a pattern was made for it.
    return known.values as unknown as ShallowRef<ReadonlyMap<string, TopicValue<T>>>
  }

  release(pattern: StateTopic): void {
    const known = this.#watched.get(pattern)
    if (!known) return
    known.users -= 1
    if (known.users > 0) return
    known.stop()
    this.#watched.delete(pattern)
  }

  #watch(pattern: StateTopic): Watched<StateTopic> {
    const values = shallowRef<ReadonlyMap<string, TopicValue<StateTopic>>>(new Map())
    const dirty = new Map<string, TopicValue<StateTopic>>()
    const flush = () => {
      const next = new Map([...values.value, ...dirty])
      // An empty state says that there is none any more.
      for (const [topic, { value }] of dirty)
        if (Object.keys(value).length === 0) next.delete(topic)
      values.value = next
      dirty.clear()
    }
    const stop = this.client.watchState(pattern, ({ topic, ts, value }: StateOf<StateTopic>) => {
      dirty.set(topic, { value, at: ts })
      this.frames.wish(flush)
    })
    // What the client has already is there at once, not a frame later.
    if (dirty.size > 0) flush()
    const one: Watched<StateTopic> = {
      values,
      users: 0,
      stop: () => {
        stop()
        this.frames.cancel(flush)
      },
    }
    this.#watched.set(pattern, one)
    return one
  }
}

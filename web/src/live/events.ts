/** events: what happened, in order and each once; a loss is an entry of its own. */
import type { EventOf, EventTopic, Gap } from '@bellwether/client'
import { type MaybeRefOrGetter, type Ref, shallowRef, toValue, watchEffect } from 'vue'
import { useLive } from './live'

export type LiveEvent<T extends EventTopic = EventTopic> =
  | {
      readonly is: 'event'
      /** Unique, and the same after a reconnect. */
      readonly key: string
      readonly topic: string
      readonly at: number
      readonly data: EventOf<T>
    }
  | { readonly is: 'gap'; readonly key: string; readonly topic: string; readonly gap: Gap }

/** Entries kept by default: as many as the server's ring. */
const LIMIT = 300

/** Newest first. Never merged: two events in one frame are two entries. */
export function useEvents<T extends EventTopic>(
  pattern: MaybeRefOrGetter<T>,
  limit = LIMIT,
): Readonly<Ref<readonly LiveEvent<T>[]>> {
  const { client, frames } = useLive()
  const events = shallowRef<readonly LiveEvent<T>[]>([])
  watchEffect((onCleanup) => {
    /** Newest last: what came since the last frame. A hidden page has no frames, and keeps no more for it. */
    let came: LiveEvent<T>[] = []
    events.value = []
    const flush = () => {
      events.value = [...came.reverse(), ...events.value].slice(0, limit)
      came = []
    }
    const add = (event: LiveEvent<T>) => {
      came.push(event)
      if (came.length >= 2 * limit) came = came.slice(-limit)
      frames.wish(flush)
    }
    const stop = client.watchEvents(toValue(pattern), {
      event: ({ topic, ts, position, data }) => {
        const key = [topic, ...position].join(':')
        add({ is: 'event', key, topic, at: ts, data })
      },
      gap: (topic, gap) => add({ is: 'gap', key: ['gap', topic, ...gap.to].join(':'), topic, gap }),
    })
    onCleanup(() => {
      stop()
      frames.cancel(flush)
    })
  })
  return events
}

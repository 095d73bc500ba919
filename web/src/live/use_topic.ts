/** use_topic: the wish to see topics, for as long as a component lives and counted with all others. */
import type { PayloadOf, StateTopic } from '@bellwether/client'
import { type MaybeRefOrGetter, type Ref, computed, shallowRef, toValue, watchEffect } from 'vue'
import { useLive } from './live'
import type { TopicValue } from './topic_store'

/** The newest value of one state topic; `undefined` until it came, and for an undefined topic. */
export function useTopic<T extends StateTopic>(
  topic: MaybeRefOrGetter<T | undefined>,
): {
  readonly latest: Readonly<Ref<PayloadOf<T> | undefined>>
  /** When it was measured (server's clock, epoch ms); moves also when nothing changed. */
  readonly at: Readonly<Ref<number | undefined>>
} {
  const values = useTopics(topic)
  const newest = computed(() => {
    const name = toValue(topic)
    return name === undefined ? undefined : values.value.get(name)
  })
  return {
    latest: computed(() => newest.value?.value),
    at: computed(() => newest.value?.at),
  }
}

/** All topics that a pattern matches: `useTopics('host/*' + '/summary')`. A new Map with each change. */
export function useTopics<T extends StateTopic>(
  pattern: MaybeRefOrGetter<T | undefined>,
): Readonly<Ref<ReadonlyMap<string, TopicValue<T>>>> {
  const { topics } = useLive()
  const taken = shallowRef<Readonly<Ref<ReadonlyMap<string, TopicValue<T>>>>>()
  watchEffect((onCleanup) => {
    const wanted = toValue(pattern)
    taken.value = wanted === undefined ? undefined : topics.take(wanted)
    if (wanted !== undefined) onCleanup(() => topics.release(wanted))
  })
  return computed(() => taken.value?.value ?? new Map<string, TopicValue<T>>())
}

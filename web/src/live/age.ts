/** age: whether a value is still the present. Twice its interval: stale. Five times, or offline: unknown. */
import { type ConnectionState, POLL_MS, type StateTopic } from '@bellwether/client'
import { type MaybeRefOrGetter, type Ref, computed, toValue } from 'vue'
import { useLive } from './live'
import { useTopic } from './use_topic'

export type Age =
  | { readonly is: 'waiting' }
  | { readonly is: 'fresh'; readonly at: number }
  | { readonly is: 'stale'; readonly at: number; readonly ageMs: number }
  | { readonly is: 'unknown'; readonly at: number | undefined }

const STALE_INTERVALS = 2
const UNKNOWN_INTERVALS = 5
/** On its way a value may take that long without anybody calling it old. */
const GRACE_MS = 1_000
/** Of topics that nobody gave an interval: the slowest tier. */
const SLOWEST_INTERVAL_MS = 10_000

export function ageOf(
  at: number | undefined,
  intervalMs: number,
  now: number,
  connection: ConnectionState,
): Age {
  const offline = !['connecting', 'live', 'polling', 'reconnecting'].includes(connection.is)
  if (offline) return { is: 'unknown', at }
  if (at === undefined) return { is: 'waiting' }
  const ageMs = now - at
  if (ageMs > UNKNOWN_INTERVALS * intervalMs + GRACE_MS) return { is: 'unknown', at }
  if (ageMs > STALE_INTERVALS * intervalMs + GRACE_MS) return { is: 'stale', at, ageMs }
  return { is: 'fresh', at }
}

export function useAge(topic: MaybeRefOrGetter<StateTopic | undefined>): Readonly<Ref<Age>> {
  const { clock, log } = useLive()
  const { at } = useTopic(topic)
  const interval = useInterval(topic)
  return computed<Age>((before) => {
    const age = ageOf(at.value, interval.value, clock.now.value, log.state.value)
    // The same object while it says the same: the clock alone renders nothing anew.
    const same = before?.is === age.is && before.is === 'fresh' && age.is === 'fresh'
    return same && before.at === age.at ? before : age
  })
}

/** How often a topic is expected to speak, milliseconds: as its host says, or as we ask if slower. */
export function useInterval(
  topic: MaybeRefOrGetter<StateTopic | undefined>,
): Readonly<Ref<number>> {
  const { saver, log } = useLive()
  const segments = computed(() => toValue(topic)?.split('/') ?? [])
  const summary = useTopic(() => {
    const [root, host] = segments.value
    return root === 'host' && host !== undefined ? (`host/${host}/summary` as const) : undefined
  })
  return computed(() => {
    const said = summary.latest.value?.intervals_ms[segments.value.at(-1) ?? '']
    const asked = log.state.value.is === 'polling' ? POLL_MS : saver.intervalMs.value
    return Math.max(said ?? SLOWEST_INTERVAL_MS, asked)
  })
}

/** The server's clock, once a second while the page is visible. */
export function useServerNow(): Readonly<Ref<number>> {
  return useLive().clock.now
}

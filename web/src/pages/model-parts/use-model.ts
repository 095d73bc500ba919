/** use-model: one version, its siblings and how it does, for as long as a page of it lives. */

import type { ModelStatus } from '@bellwether/client'
import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import { useHeld, useServerNow, useTopic, useTopics } from '../../live'
import { before, isInProduction, resolve, splitId, versionsOf } from './names'

export function useVersions() {
  const topics = useTopics('model/*/status')
  return computed<ModelStatus[]>(() => [...topics.value.values()].map(({ value }) => value))
}

export function useModel(id: MaybeRefOrGetter<string>) {
  const all = useVersions()
  const status = computed(() => resolve(toValue(id), all.value))
  /** The version that the address means; until it is known, what the address says. */
  const model = computed(() => status.value?.model ?? toValue(id))
  const name = computed(() => splitId(model.value).name)
  const versions = computed(() => versionsOf(name.value, all.value))
  const known = () => (status.value ? model.value : undefined)
  const topicOf = (part: 'metrics' | 'drift') => () => {
    const version = known()
    return version === undefined ? undefined : (`model/${version}/${part}` as const)
  }
  const metrics = useTopic<`model/${string}/metrics`>(
    topicOf('metrics') as () => `model/${string}/metrics` | undefined,
  )
  const drift = useTopic<`model/${string}/drift`>(
    topicOf('drift') as () => `model/${string}/drift` | undefined,
  )
  const production = computed(() => versions.value.find(isInProduction))
  return {
    model,
    name,
    status,
    versions,
    production,
    /** What a roll back brings again. */
    previous: computed(() => before(production.value, versions.value)),
    metrics: useHeld(metrics.latest),
    metricsAt: metrics.at,
    drift: useHeld(drift.latest),
    nowMs: useServerNow(),
    heard: computed(() => all.value.length > 0),
  }
}

export type ModelView = ReturnType<typeof useModel>

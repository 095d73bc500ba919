/** use-accuracy: the accuracy of a version over the page's range of time, ready to be drawn. */

import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import type { ChartSource } from '../../../components/chart/source'
import { useSeries, useTimeRange } from '../../../live'
import type { Thresholds } from '../../model-parts/answers'
import { accuracyModel, accuracyNames } from './charts'

export function useAccuracy(
  id: MaybeRefOrGetter<string>,
  limits: MaybeRefOrGetter<Thresholds>,
): ChartSource {
  const time = useTimeRange()
  const { view, state, retry } = useSeries(() => accuracyNames(toValue(id)))
  const model = computed(() =>
    accuracyModel(
      view.value,
      toValue(limits),
      time.range.is === 'live' && time.pausedAt === undefined,
    ),
  )
  return { model, state, retry }
}

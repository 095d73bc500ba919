/** use-number-chart: the chart of one number of a signal, which can be pinned to Now. */

import { computed } from 'vue'
import type { ChartSource } from '../../components/chart/source'
import { useChart } from '../host-parts/use-chart'
import { usePin } from '../host-parts/use-pin'
import { chartOf, fitted, pinText, pinTitle } from './charts'

export function useNumberChart(
  topic: () => string,
  path: () => readonly string[],
  title?: () => string,
): ChartSource {
  const chart = useChart(() => chartOf(topic(), path()))
  const pin = usePin(
    () => pinText(topic(), path()),
    () => pinTitle(topic(), path()),
  )
  const model = computed(() => {
    const one = fitted(chart.model.value)
    return title ? { ...one, title: title() } : one
  })
  return { ...chart, model, pin }
}

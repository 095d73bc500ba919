/** use-host-chart: one of a host's charts by its name, which can be pinned to Now. */

import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import type { ChartSource } from '../../components/chart/source'
import { type HostNow, nameOf } from '../../status/vitals'
import { type ChartName, hostChart, pinText } from './charts'
import { useChart } from './use-chart'
import { usePin } from './use-pin'

export function useHostChart(name: ChartName, host: MaybeRefOrGetter<HostNow>): ChartSource {
  const { spec } = hostChart(name)
  const chart = useChart(() => spec(toValue(host)))
  const pin = usePin(
    () => pinText(toValue(host).id, name),
    computed(() => `${chart.model.value.title} of ${nameOf(toValue(host))}`),
  )
  return { ...chart, pin }
}

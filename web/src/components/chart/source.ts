/** Where a chart's model comes from, and whether its history could be read. */

import type { Ref } from 'vue'
import type { SeriesState } from '../../live'
import type { ChartModel } from './model'

export interface ChartSource {
  readonly model: Readonly<Ref<ChartModel>>
  readonly state: Readonly<Ref<SeriesState>>
  retry(): void
}

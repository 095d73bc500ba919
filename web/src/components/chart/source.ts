/** Where a chart's model comes from, and whether its history could be read. */

import type { Ref } from 'vue'
import type { SeriesState } from '../../live'
import type { ChartModel } from './model'

/** Whether it stands on Now as well. */
export interface Pin {
  readonly on: boolean
  toggle(): void
}

export interface ChartSource {
  readonly model: Readonly<Ref<ChartModel>>
  readonly state: Readonly<Ref<SeriesState>>
  /** Where it can be pinned. */
  readonly pin?: Readonly<Ref<Pin>>
  retry(): void
}

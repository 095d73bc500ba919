/**
 * Tells screen readers when a status changes (speech.ts): what is critical in the assertive region, the
 * rest in the polite one. Values themselves are never spoken by themselves.
 */

import { type MaybeRefOrGetter, toValue, watch } from 'vue'
import { STATUS_WORD, type Status } from '../status/status'
import { assertive, polite } from './speech'

export interface Spoken {
  readonly status: Status
  readonly sentence: string
}

export function useSpokenChange(now: MaybeRefOrGetter<Spoken>): void {
  watch(
    () => toValue(now).status,
    (status) => {
      const region = status === 'crit' ? assertive : polite
      region.add(`${STATUS_WORD[status]}: ${toValue(now).sentence}`, 'answer')
    },
  )
}

/** draft: the limits of a model as a form holds them, accuracy in per cent, and back. Plain functions. */

import type { Thresholds } from '../../model-parts/answers'
import { SHIPPED } from '../live-parts/charts'

export interface LimitsDraft {
  accuracy_warning: string
  accuracy_critical: string
  response_warning_ms: string
  response_critical_ms: string
}

type Name = keyof LimitsDraft

export const FIELDS: readonly {
  readonly name: Name
  readonly title: string
  readonly unit: string
}[] = [
  { name: 'accuracy_warning', title: 'Accuracy: warning below', unit: '%' },
  { name: 'accuracy_critical', title: 'Accuracy: critical below', unit: '%' },
  { name: 'response_warning_ms', title: 'Response, p95: warning above', unit: 'ms' },
  { name: 'response_critical_ms', title: 'Response, p95: critical above', unit: 'ms' },
]

const factorOf = (name: Name): number => (name.startsWith('accuracy') ? 100 : 1)
/** 0.85 × 100 is not 85 to a computer. */
const tidy = (value: number): number => Number(value.toPrecision(12))

export function draftOf(limits: Thresholds): LimitsDraft {
  const text = (name: Name): string =>
    String(tidy((limits[name] ?? SHIPPED[name]) * factorOf(name)))
  return {
    accuracy_warning: text('accuracy_warning'),
    accuracy_critical: text('accuracy_critical'),
    response_warning_ms: text('response_warning_ms'),
    response_critical_ms: text('response_critical_ms'),
  }
}

/** What is sent: an empty box stands for what is usual. Throws what is wrong, for people. */
export function patchOf(draft: LimitsDraft): Record<Name, number | null> {
  const value = (name: Name): number | null => {
    const text = draft[name].trim().replace(',', '.')
    if (text === '') return null
    const number = Number(text)
    const title = FIELDS.find((field) => field.name === name)?.title ?? name
    if (!Number.isFinite(number)) throw new Error(`${title}: “${draft[name]}” is not a number.`)
    return tidy(number / factorOf(name))
  }
  return {
    accuracy_warning: value('accuracy_warning'),
    accuracy_critical: value('accuracy_critical'),
    response_warning_ms: value('response_warning_ms'),
    response_critical_ms: value('response_critical_ms'),
  }
}

/**
 * answers: what routes of models answer, as pages read it. Fields that a page cannot do without are
 * checked where they are used; the rest is optional here because an older server may not say it.
 */

import type { ModelMetrics, ModelStatus } from '@bellwether/client'

/** A measure with its 95 % interval. */
export interface Score {
  readonly value: number
  readonly low?: number
  readonly high?: number
}

export interface CardColumn {
  readonly name: string
  readonly kind: string
  readonly importance?: number
  readonly missing?: number
  readonly typical?: unknown
}

export interface Curve {
  readonly class: string
  readonly points: readonly (readonly [number, number])[]
}

export interface ModelCard {
  readonly model: string
  readonly status?: ModelStatus
  readonly rows?: number
  readonly columns?: readonly CardColumn[]
  readonly target?: {
    readonly column: string
    readonly kind?: string
    readonly classes?: readonly string[]
    readonly shares?: readonly number[]
  }
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly scores?: Readonly<Record<string, Score>>
  readonly confusion?: {
    readonly classes: readonly string[]
    readonly counts: readonly (readonly number[])[]
  }
  readonly roc?: readonly Curve[]
  readonly precision_recall?: readonly Curve[]
  readonly calibration?: readonly {
    readonly predicted: number
    readonly observed: number
    readonly rows: number
  }[]
  readonly residuals?: {
    readonly lowest: number
    readonly highest: number
    readonly counts: readonly number[]
  }
  readonly importance?: readonly { readonly column: string; readonly share: number }[]
  readonly limits?: readonly string[]
  readonly left_out?: readonly { readonly column: string; readonly reason: string }[]
}

export interface Comparison {
  readonly models: readonly ModelCard[]
}

export interface Property {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
}

/** JSON Schema 2020-12 of one row, with what it is for. */
export interface RowSchema {
  readonly properties?: Readonly<Record<string, Property>>
  readonly required?: readonly string[]
  readonly examples?: readonly Readonly<Record<string, unknown>>[]
  readonly [extra: `x-bellwether${string}`]: unknown
}

export interface Explanation {
  readonly base: number
  readonly margin: number
  readonly contributions: readonly {
    readonly column: string
    readonly value?: unknown
    readonly contribution: number
  }[]
  readonly unit: string
}

export interface Predicted {
  readonly prediction: unknown
  readonly probabilities?: Readonly<Record<string, number>>
  readonly confidence?: number
  readonly interval?: readonly [number, number]
  readonly prediction_id: string
  readonly response_ms?: number
  readonly warnings?: readonly string[]
  readonly explanation?: Explanation
}

export interface Logged {
  readonly id: string
  readonly at: number | string
  readonly inputs?: Readonly<Record<string, unknown>>
  readonly prediction: unknown
  readonly confidence?: number | null
  readonly response_ms?: number
  readonly label?: unknown
  readonly client?: string | null
}

export interface LoggedPage {
  readonly predictions: readonly Logged[]
}

export interface Feedback {
  readonly prediction_id: string
  readonly label: unknown
  readonly prediction?: unknown
  readonly correct?: boolean
  readonly accuracy?: number
}

export interface Estimate {
  readonly accuracy?: number
  readonly low?: number
  readonly high?: number
  readonly method?: string
  readonly own_error?: number
}

export interface Thresholds {
  readonly accuracy_warning?: number
  readonly accuracy_critical?: number
  readonly response_warning_ms?: number
  readonly response_critical_ms?: number
}

export interface Quality {
  readonly metrics?: ModelMetrics
  readonly estimate?: Estimate | null
  readonly thresholds?: Thresholds
}

/** A stretch of a column's values: how much of it there was in training, and now. */
export interface Bin {
  readonly label: string
  readonly reference: number
  readonly now: number
}

export interface DriftAnswer {
  readonly features?: Readonly<
    Record<string, { readonly kind?: string; readonly bins?: readonly Bin[] }>
  >
  readonly predicted?: { readonly bins?: readonly Bin[] }
}

/** What of a list's entry pages read that no topic says. */
export interface ModelEntry {
  readonly classes?: readonly string[]
  readonly routing?: Routing
}

export interface Cause {
  readonly kind: string
  readonly name: string
  readonly share: number
  readonly text: string
  readonly evidence?: readonly {
    readonly text: string
    readonly value?: unknown
    readonly usual?: unknown
    readonly unit?: string
  }[]
}

export interface WhyAnswer {
  readonly text: string
  readonly confidence: 'high' | 'likely' | 'unclear'
  readonly confidence_reason?: string
  readonly causes: readonly Cause[]
  readonly not_explained: number
  readonly ruled_out?: readonly string[]
  readonly action?: string
}

/** `GET /api/models/{id}/shadow`: since the comparison began. */
export interface ShadowAnswer {
  readonly compared: number
  /** Share of the same classes; of models of classes. */
  readonly agreement?: number | null
  /** Of models of numbers. */
  readonly mean_difference?: number | null
  readonly failed: number
  readonly shed: number
}

/** Who answers for a model: in production, silently beside it, and for a share of the questions. */
export interface Routing {
  readonly production?: string | null
  readonly shadow?: string | null
  readonly split?:
    { readonly model_id: string; readonly share: number } | readonly [string, number] | null
}

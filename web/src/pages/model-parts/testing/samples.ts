/** samples: models as tests need them; what a test does not name is unremarkable. */

import type { ModelDrift, ModelMetrics, ModelStatus } from '@bellwether/client'

export const AT = Date.UTC(2026, 10, 21, 9, 43, 12)

export function status(model: string, patch: Partial<ModelStatus> = {}): ModelStatus {
  return {
    model,
    state: 'inactive',
    aliases: [],
    task: 'classification',
    scores: {},
    created_at_ms: AT - 86_400_000,
    ...patch,
  }
}

export function metrics(patch: Partial<ModelMetrics> = {}): ModelMetrics {
  return {
    health: 'healthy',
    predictions: 1_200,
    predictions_per_minute: 42,
    labelled: 100,
    accuracy: 0.942,
    response_p50_ms: 8,
    response_p95_ms: 21,
    response_p99_ms: 40,
    ...patch,
  }
}

/** Predictions without labels, whose accuracy is estimated. */
export function unlabelled(estimated?: number): ModelMetrics {
  const known = metrics({ labelled: 0 })
  delete known.accuracy
  return estimated === undefined ? known : { ...known, estimated_accuracy: estimated }
}

export function drift(patch: Partial<ModelDrift> = {}): ModelDrift {
  return {
    drifted: false,
    text: 'Inputs look as in training.',
    predictions: 200,
    since_at_ms: AT - 60_000,
    features: {},
    ...patch,
  }
}

/** Spaces that hold number and unit together, as plain ones. */
export function plain(text: string): string {
  return text.replaceAll('\u00a0', ' ')
}

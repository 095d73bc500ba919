/**
 * status: how a value stands to its limits. Shape, word and colour always go together
 * (components/StatusShape.vue); "unknown" is a status of its own and never looks like "ok".
 */

export type Status = 'ok' | 'warn' | 'crit' | 'unknown'

export const STATUS_WORD: Record<Status, string> = {
  ok: 'Normal',
  warn: 'Warning',
  crit: 'Critical',
  unknown: 'Unknown',
}

/** Above `warn` is a warning, above `crit` is critical; either may be missing. */
export interface Limits {
  readonly warn?: number
  readonly crit?: number
}

/**
 * As shipped. Load is per logical processor. Pressure has no published limit: a fifth of the time
 * spent waiting for memory or storage is felt by people, half of it is a standstill. Waiting for a
 * processor is what busy hosts do all day, so that it takes more to be worth a word.
 */
export const LIMITS = {
  cpu: { warn: 80, crit: 90 },
  memory: { warn: 80, crit: 90 },
  disk: { warn: 90, crit: 95 },
  temperature: { warn: 75, crit: 85 },
  load: { warn: 2 },
  pressure: { warn: 20, crit: 50 },
  cpu_pressure: { warn: 60 },
} as const satisfies Record<string, Limits>

export type Subject = keyof typeof LIMITS

/** The status of a value by itself. */
export function statusOf(value: number | undefined, limits: Limits): Status {
  if (value === undefined || !Number.isFinite(value)) return 'unknown'
  if (limits.crit !== undefined && value > limits.crit) return 'crit'
  if (limits.warn !== undefined && value > limits.warn) return 'warn'
  return 'ok'
}

/** The limit that a value has passed. */
export function passedLimit(status: Status, limits: Limits): number | undefined {
  if (status === 'crit') return limits.crit
  return status === 'warn' ? limits.warn : undefined
}

const RANK: Record<Status, number> = { ok: 0, unknown: 1, warn: 2, crit: 3 }

/** Which of two is worse. */
export function worse(a: Status, b: Status): Status {
  return RANK[a] >= RANK[b] ? a : b
}

/** Sorts the worst first. */
export function worstFirst(a: Status, b: Status): number {
  return RANK[b] - RANK[a]
}

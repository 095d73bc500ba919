/**
 * judge: the status of a value over time, so that one busy second is no warning and a value that
 * sways around its limit does not flicker. A plain function of what was, what is and when.
 */

import { type Limits, type Status, statusOf, worstFirst } from './status'

/** How a subject is judged: how long a worse value must last, and how far it must fall to be well. */
export interface Patience {
  /** A worse status counts after this time. */
  readonly holdMs: number
  /** A status ends when the value is this far below its limit. */
  readonly slack: number
}

/** Processors and pressure are jumpy; space on disks and in memory is not. */
export const JUMPY: Patience = { holdMs: 5_000, slack: 5 }
export const STEADY: Patience = { holdMs: 0, slack: 1 }
/** Load is counted in processors: a whole one would be half of its limit. */
export const LOAD: Patience = { holdMs: 0, slack: 0.2 }

export interface Judgement {
  readonly status: Status
  /** A worse status that has not lasted long enough yet. */
  readonly pending?: { readonly status: Status; readonly sinceMs: number }
}

export const UNJUDGED: Judgement = { status: 'unknown' }

/** The limits as they hold for a value that has already passed them. */
function lowered(limits: Limits, slack: number): Limits {
  return {
    ...(limits.warn === undefined ? {} : { warn: limits.warn - slack }),
    ...(limits.crit === undefined ? {} : { crit: limits.crit - slack }),
  }
}

export function judge(
  before: Judgement,
  value: number | undefined,
  limits: Limits,
  patience: Patience,
  atMs: number,
): Judgement {
  const raw = statusOf(value, limits)
  if (raw === 'unknown') return UNJUDGED
  const calm = before.status === 'unknown' ? 'ok' : before.status
  if (worstFirst(raw, calm) < 0) {
    // Worse than before: only if it lasts. A pending status goes on while the value is as bad.
    const sinceMs = before.pending?.status === raw ? before.pending.sinceMs : atMs
    if (atMs - sinceMs >= patience.holdMs) return { status: raw }
    return { status: calm, pending: { status: raw, sinceMs } }
  }
  // Better than before: only once it is clearly below the limit.
  const clear = statusOf(value, lowered(limits, patience.slack))
  return { status: worstFirst(clear, calm) < 0 ? calm : clear }
}

/** answers: what the routes of datasets and runs say, as far as pages read it. */

import type {
  CurvePoint,
  DatasetProfile,
  Task,
  TrainingProgress,
  TrainingStatus,
} from '@bellwether/client'

/** A line of `GET /api/datasets`. */
export interface DatasetEntry {
  readonly id: string
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly rows?: number | null
  readonly columns?: number | null
  /** RFC 3339. */
  readonly created_at: string
  readonly target_column?: string | null
  readonly task?: Task | null
  /** 0 to 1. */
  readonly quality?: number | null
  readonly user?: string | null
}

export interface DatasetList {
  readonly datasets: readonly DatasetEntry[]
}

/** `GET /api/datasets/{id}`. */
export interface DatasetAnswer extends DatasetEntry {
  readonly profile?: DatasetProfile | null
}

/** `POST /api/datasets/{id}/validate`: the same file seen with another target. */
export interface ValidateAnswer {
  readonly profile: DatasetProfile
}

/** What was tried, and how well it did. */
export interface Trial {
  readonly trial: number
  readonly settings: Readonly<Record<string, unknown>> | string
  readonly score?: number | null
  readonly kept?: boolean
  readonly seconds?: number | null
  readonly rounds?: number | null
}

export interface RunLine {
  /** Epoch milliseconds, or RFC 3339. */
  readonly at: number | string
  readonly text: string
}

/** `GET /api/runs/{run}`. */
export interface RunAnswer {
  readonly status: TrainingStatus
  readonly progress?: TrainingProgress | null
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly leaderboard?: readonly Trial[]
  /** Losses by round, thinned out where there are many. */
  readonly curve?: readonly CurvePoint[]
  readonly log?: readonly RunLine[]
}

export interface TrainAnswer {
  readonly run: number
}

export function msOf(at: number | string): number {
  return typeof at === 'number' ? at : Date.parse(at)
}

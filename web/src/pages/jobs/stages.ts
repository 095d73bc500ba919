/** stages: where a run stands, as steps to show and as sentences. Plain functions of what is published. */

import type {
  TrainingProgress,
  TrainingStage,
  TrainingStatus,
  TrainingStep,
} from '@bellwether/client'
import type { StageStep } from '../../components/stage-step'
import { capitalised } from '../../format/sentence'
import { about, took } from '../training/words'

const STAGES: readonly (readonly [TrainingStage, string])[] = [
  ['data_preparation', 'Prepare'],
  ['feature_engineering', 'Features'],
  ['model_training', 'Train'],
  ['validation', 'Validate'],
  ['finalization', 'Finish'],
]

const STAGE_OF: Record<TrainingStep, TrainingStage> = {
  preparing_data: 'data_preparation',
  data_validation: 'data_preparation',
  feature_engineering: 'feature_engineering',
  model_selection: 'model_training',
  training_model: 'model_training',
  validation: 'validation',
  optimization: 'validation',
  finalizing_model: 'finalization',
}

export function isOver({ state }: TrainingStatus): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled'
}

/** Real times: of finished steps as they were measured, of the stage under way until now. */
export function stepsOf(
  status: TrainingStatus,
  progress: TrainingProgress | undefined,
): StageStep[] {
  const seconds = new Map<TrainingStage, number>()
  let finished = 0
  for (const [step, taken] of Object.entries(progress?.steps_seconds ?? {})) {
    const stage = STAGE_OF[step as TrainingStep] as TrainingStage | undefined
    if (stage === undefined) continue
    seconds.set(stage, (seconds.get(stage) ?? 0) + taken)
    finished += taken
  }
  const { state, failure } = status
  const stage = (failure?.step && STAGE_OF[failure.step]) ?? progress?.stage
  const here = STAGES.findIndex(([one]) => one === stage)
  if (stage !== undefined && progress && state !== 'completed') {
    const since = Math.max(0, progress.elapsed_seconds - finished)
    seconds.set(stage, (seconds.get(stage) ?? 0) + since)
  }
  const stateOf = (at: number): StageStep['state'] => {
    if (state === 'completed') return 'done'
    if (state === 'queued' || here < 0 || at > here) return 'waiting'
    if (at < here) return 'done'
    return state === 'failed' ? 'failed' : state === 'cancelled' ? 'stopped' : 'now'
  }
  return STAGES.map(([one, title], at) => {
    const taken = seconds.get(one)
    const own = stateOf(at)
    const note = taken === undefined || own === 'waiting' ? undefined : took(taken)
    return { title, state: own, note }
  })
}

/** How long it still takes, or how long until it starts; nothing once it is over. */
export function outlookOf(
  status: TrainingStatus,
  progress: TrainingProgress | undefined,
): string | undefined {
  if (status.state === 'queued') {
    // How many are before it, its own sentence says.
    return (status.runs_before ?? 0) === 0 ? 'Next in the queue' : undefined
  }
  if (status.state !== 'running') return undefined
  const { round, rounds, remaining_seconds: left } = progress ?? {}
  const parts = [
    ...(round === undefined
      ? []
      : [rounds === undefined ? `round ${round}` : `round ${round} of ${rounds}`]),
    left === undefined ? 'estimating how long it takes' : `${about(left)} left`,
  ]
  return capitalised(parts.join(', '))
}

const WINDOWS_MS = [1, 5, 15, 60, 360, 1_440, 10_080].map((minutes) => minutes * 60_000)

/** The shortest window that reaches back to the start, with room for it to go on. */
export function windowFor(elapsedMs: number): number {
  return WINDOWS_MS.find((ms) => ms > elapsedMs * 1.1) ?? elapsedMs * 1.1
}

/** `churn-v3` is version 3 of churn. */
export function versionOf(model: string): { name: string; version: number } | undefined {
  const [, name, version] = /^(.+)-v(\d+)$/.exec(model) ?? []
  return name === undefined || version === undefined
    ? undefined
    : { name, version: Number(version) }
}

/** What was set, in few words: `depth 6, rate 0.05`. */
export function settingsText(settings: Readonly<Record<string, unknown>> | string): string {
  if (typeof settings === 'string') return settings
  return Object.entries(settings)
    .filter(([, value]) => value !== null && typeof value !== 'object')
    .map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value)}`)
    .join(', ')
}

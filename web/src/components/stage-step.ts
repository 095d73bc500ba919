/** One of some stages that follow each other (StageStepper.vue). */

export interface StageStep {
  readonly title: string
  readonly state: 'done' | 'now' | 'failed' | 'stopped' | 'waiting'
  /** How long it took, or takes until now. */
  readonly note?: string | undefined
}

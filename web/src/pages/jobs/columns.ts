/** The columns of the list of runs. */

import type { TrainingStatus } from '@bellwether/client'
import type { Keyed, TableColumn } from '../../components/table/columns'
import { timeOrShortDate } from '../../format/format'
import { scoreName, scoreText } from '../model-parts/words'
import { STATE_WORD, took } from '../training/words'

export interface RunRow extends Keyed {
  readonly status: TrainingStatus
}

/** Newest first. */
export function rowsOf(runs: Iterable<TrainingStatus>): RunRow[] {
  return [...runs]
    .map((status) => ({ key: String(status.run), status }))
    .sort((a, b) => b.status.run - a.status.run)
}

/** The one score that tells most: accuracy or R², else the first that there is. */
export function scoreOf({ outcome }: TrainingStatus): string {
  const scores = Object.entries(outcome?.scores ?? {})
  const main = scores.find(([name]) => name === 'accuracy' || name === 'r_squared') ?? scores[0]
  return main ? `${scoreName(main[0])} ${scoreText(...main)}` : ''
}

function lengthOf({ started_at_ms: from, ended_at_ms: to }: TrainingStatus): string {
  return from === undefined || to === undefined ? '' : took((to - from) / 1_000)
}

export function runColumns(nowMs: number): TableColumn<RunRow>[] {
  return [
    {
      id: 'model',
      title: 'Model',
      from: 'phone',
      text: ({ status }) => status.model_name,
      sub: ({ status }) => `run ${status.run}, ${timeOrShortDate(status.queued_at_ms, nowMs)}`,
    },
    { id: 'run', title: 'Run', width: '64px', numeric: true, text: ({ key }) => key },
    {
      id: 'state',
      title: 'State',
      width: '140px',
      from: 'phone',
      text: ({ status }) => STATE_WORD[status.state],
      sub: ({ status }) => scoreOf(status),
    },
    {
      id: 'score',
      title: 'Score',
      width: '160px',
      text: ({ status }) => scoreOf(status),
    },
    {
      id: 'queued',
      title: 'Asked for',
      width: '132px',
      text: ({ status }) => timeOrShortDate(status.queued_at_ms, nowMs),
    },
    {
      id: 'took',
      title: 'Took',
      width: '92px',
      numeric: true,
      from: 'desktop',
      text: ({ status }) => lengthOf(status),
    },
    {
      id: 'user',
      title: 'Who',
      width: '116px',
      from: 'desktop',
      text: ({ status }) => status.user ?? '',
    },
  ]
}

/** The columns of the table of models. */

import type { TableColumn } from '../../components/table/columns'
import * as format from '../../format/format'
import type { Status } from '../../status/status'
import { mainScore, perMinute, rateTrend, scoreName, scoreText, share } from '../model-parts/words'
import { type ModelRow, isInUse } from './rows'

export const RANK: Record<Status, number> = { crit: 3, warn: 2, ok: 1, unknown: 0 }

function accuracyText({ accuracy, status, metrics }: ModelRow): string {
  switch (accuracy.kind) {
    case 'labelled':
      return `${share(accuracy.share)}, ${format.count(accuracy.of)} labelled`
    case 'estimated':
      return `${share(accuracy.share)}, estimated`
    case 'none': {
      if (metrics?.r_squared !== undefined) return `R² ${scoreText('r_squared', metrics.r_squared)}`
      if (metrics?.rmse !== undefined) return `RMSE ${scoreText('rmse', metrics.rmse)}`
      const trained = mainScore(status)
      return trained
        ? `${scoreName(trained.key)} ${scoreText(trained.key, trained.value)} in training`
        : format.UNKNOWN
    }
  }
}

function rateText({ metrics }: ModelRow): string {
  const trend = rateTrend(metrics?.rate_trend)
  return `${perMinute(metrics?.predictions_per_minute)}${trend ? ` ${trend.arrow}` : ''}`
}

/** The columns that moved, most important first. */
function driftText({ drift }: ModelRow): string {
  if (!drift) return format.UNKNOWN
  const moved = Object.values(drift.features).filter(({ drifted }) => drifted).length
  if (moved > 0) return `${format.count(moved)} ${moved === 1 ? 'column' : 'columns'} moved`
  return drift.predicted?.drifted === true ? 'Predictions moved' : 'None'
}

export function modelColumns(): TableColumn<ModelRow>[] {
  return [
    {
      id: 'name',
      title: 'Model',
      from: 'phone',
      text: ({ title }) => title,
      sub: (row) => row.finding || `${row.stage}, ${row.word.toLowerCase()}`,
      order: ({ key }) => key,
    },
    {
      id: 'stage',
      title: 'Stage',
      width: '108px',
      text: ({ stage }) => stage,
      order: ({ stage }) => stage,
    },
    {
      id: 'health',
      title: 'Health',
      width: '124px',
      text: ({ word }) => word,
      // What somebody asks comes before what nobody does; in each, the worst first.
      order: (row) => RANK[row.health] + (isInUse(row) || row.status.error !== undefined ? 4 : 0),
      down: true,
    },
    {
      id: 'accuracy',
      title: 'Accuracy',
      hint: 'Over the last 100 labelled predictions; without labels estimated, from calibrated confidence',
      width: '212px',
      from: 'phone',
      text: accuracyText,
      sub: rateText,
      order: ({ accuracy }) => (accuracy.kind === 'none' ? undefined : accuracy.share),
    },
    {
      id: 'rate',
      title: 'Predictions',
      hint: 'In the last minute, and where that goes',
      numeric: true,
      width: '116px',
      text: rateText,
      order: ({ metrics }) => metrics?.predictions_per_minute,
      down: true,
    },
    {
      id: 'p95',
      title: 'p95',
      hint: '95 of 100 answers are faster',
      numeric: true,
      width: '84px',
      text: ({ metrics }) => format.latency(metrics?.response_p95_ms),
      order: ({ metrics }) => metrics?.response_p95_ms,
      down: true,
    },
    {
      id: 'drift',
      title: 'Drift',
      hint: 'How many columns look different than in training',
      width: '148px',
      from: 'desktop',
      text: driftText,
      order: ({ drift }) =>
        drift && Object.values(drift.features).filter(({ drifted }) => drifted).length,
      down: true,
    },
    {
      id: 'made',
      title: 'Trained',
      numeric: true,
      width: '116px',
      from: 'desktop',
      text: ({ status }) => format.timeOrShortDate(status.created_at_ms, Date.now()),
      order: ({ status }) => status.created_at_ms,
      down: true,
    },
  ]
}

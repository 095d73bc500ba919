/** The columns of the table of versions. */

import type { ModelStatus } from '@bellwether/client'
import type { Keyed, TableColumn } from '../../../components/table/columns'
import * as format from '../../../format/format'
import { titleOf } from '../../model-parts/names'
import { mainScore, scoreName, scoreText, stageOf } from '../../model-parts/words'

export interface VersionRow extends Keyed {
  readonly status: ModelStatus
}

export function versionColumns(nowMs: number): TableColumn<VersionRow>[] {
  const score = ({ status }: VersionRow): string => {
    const main = mainScore(status)
    return main ? `${scoreName(main.key)} ${scoreText(main.key, main.value)}` : format.UNKNOWN
  }
  return [
    { id: 'pick', title: 'Compare', width: '76px', from: 'phone', text: () => '' },
    {
      id: 'version',
      title: 'Version',
      from: 'phone',
      text: ({ key }) => titleOf(key),
      sub: ({ status }) => stageOf(status),
    },
    { id: 'stage', title: 'Stage', width: '212px', text: ({ status }) => stageOf(status) },
    {
      id: 'aliases',
      title: 'Aliases',
      width: '164px',
      from: 'desktop',
      text: ({ status }) => status.aliases.join(', '),
    },
    {
      id: 'score',
      title: 'Score',
      hint: 'On rows that were held out in training',
      width: '164px',
      from: 'phone',
      text: score,
      sub: ({ status }) => format.timeOrShortDate(status.created_at_ms, nowMs),
    },
    {
      id: 'size',
      title: 'Size',
      numeric: true,
      width: '96px',
      from: 'desktop',
      text: ({ status }) => format.bytes(status.size_bytes),
    },
    {
      id: 'made',
      title: 'Trained',
      numeric: true,
      width: '124px',
      text: ({ status }) => format.timeOrShortDate(status.created_at_ms, nowMs),
    },
    {
      id: 'deployed',
      title: 'Deployed',
      numeric: true,
      width: '124px',
      from: 'desktop',
      text: ({ status }) =>
        status.deployed_at_ms === undefined
          ? 'Never'
          : format.timeOrShortDate(status.deployed_at_ms, nowMs),
    },
  ]
}

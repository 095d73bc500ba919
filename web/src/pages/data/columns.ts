/** The columns of the list of datasets. */

import type { Keyed, TableColumn } from '../../components/table/columns'
import { bytes, count, roughPercent, timeOrShortDate } from '../../format/format'
import type { DatasetEntry } from '../training/answers'

export interface DatasetRow extends Keyed {
  readonly dataset: DatasetEntry
}

/** Newest first. */
export function rowsOf(datasets: readonly DatasetEntry[]): DatasetRow[] {
  return datasets
    .map((dataset) => ({ key: dataset.id, dataset }))
    .sort((a, b) => b.dataset.created_at.localeCompare(a.dataset.created_at))
}

export function datasetColumns(nowMs: number): TableColumn<DatasetRow>[] {
  const share = (quality: number | null | undefined) =>
    quality === null || quality === undefined ? undefined : quality * 100
  return [
    {
      id: 'name',
      title: 'File',
      from: 'phone',
      text: ({ dataset }) => dataset.name,
      sub: ({ dataset: { rows, columns, size } }) =>
        `${count(rows ?? undefined)} × ${count(columns ?? undefined)}, ${bytes(size)}`,
    },
    {
      id: 'rows',
      title: 'Rows',
      width: '92px',
      numeric: true,
      text: ({ dataset }) => count(dataset.rows ?? undefined),
    },
    {
      id: 'columns',
      title: 'Columns',
      width: '84px',
      numeric: true,
      text: ({ dataset }) => count(dataset.columns ?? undefined),
    },
    {
      id: 'size',
      title: 'Size',
      width: '92px',
      numeric: true,
      from: 'desktop',
      text: ({ dataset }) => bytes(dataset.size),
    },
    {
      id: 'target',
      title: 'Target',
      width: '132px',
      from: 'desktop',
      text: ({ dataset }) => dataset.target_column ?? '',
    },
    {
      id: 'quality',
      title: 'Good cells',
      hint: 'Cells that are there and are of the kind of their column',
      width: '92px',
      numeric: true,
      from: 'desktop',
      text: ({ dataset }) => roughPercent(share(dataset.quality)),
    },
    {
      id: 'created',
      title: 'Uploaded',
      width: '124px',
      text: ({ dataset }) => timeOrShortDate(Date.parse(dataset.created_at), nowMs),
    },
    {
      id: 'action',
      title: 'Actions',
      numeric: true,
      width: '264px',
      from: 'phone',
      text: () => '',
    },
  ]
}

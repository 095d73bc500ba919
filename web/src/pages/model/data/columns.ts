/** The columns of the table of a model's columns. */

import type { Keyed, TableColumn } from '../../../components/table/columns'
import type { CardColumn } from '../../model-parts/answers'
import { roughShare, share, valueText } from '../../model-parts/words'

export interface DataRow extends Keyed {
  readonly column: CardColumn
}

export function dataColumns(): TableColumn<DataRow>[] {
  return [
    {
      id: 'name',
      title: 'Column',
      from: 'phone',
      text: ({ key }) => key,
      sub: ({ column }) => `${column.kind}, typically ${valueText(column.typical)}`,
    },
    { id: 'kind', title: 'Kind', width: '140px', text: ({ column }) => column.kind },
    {
      id: 'importance',
      title: 'Importance',
      hint: 'How much the model looks at it',
      numeric: true,
      width: '108px',
      from: 'phone',
      text: ({ column }) => share(column.importance),
      sub: ({ column }) => `${roughShare(column.missing)} missing`,
    },
    {
      id: 'missing',
      title: 'Missing',
      hint: 'In training',
      numeric: true,
      width: '92px',
      text: ({ column }) => share(column.missing),
    },
    {
      id: 'typical',
      title: 'Typical',
      hint: 'The median, or what is most frequent',
      width: '180px',
      text: ({ column }) => valueText(column.typical),
    },
  ]
}

/** The columns of the stream of predictions. */

import type { TableColumn } from '../../../components/table/columns'
import * as format from '../../../format/format'
import { plainNumber, valueText } from '../../model-parts/words'
import { type PredictionRow, confidenceText, isRight } from './predictions'

const RIGHT = { true: 'right', false: 'wrong' } as const

/** "no, wrong"; nothing while it is not known. */
export function labelText(row: PredictionRow): string {
  if (row.label === undefined) return ''
  const right = isRight(row)
  const word = right === undefined ? '' : `, ${RIGHT[`${right}`]}`
  return `${valueText(row.label)}${word}`
}

/** How far a number was off; nothing before its label came. */
function errorText({ result, label }: PredictionRow): string {
  if (typeof result !== 'number' || typeof label !== 'number') return format.UNKNOWN
  const error = result - label
  return `${error < 0 ? '−' : '+'}${plainNumber(Number(Math.abs(error).toPrecision(3)))}`
}

/** `ofNumbers`: whether numbers are predicted, which have an error in place of a probability. */
export function predictionColumns(nowMs: number, ofNumbers: boolean): TableColumn<PredictionRow>[] {
  return [
    {
      id: 'at',
      title: 'Time',
      width: '108px',
      text: ({ at }) => format.timeOrShortDate(at, nowMs),
    },
    {
      id: 'result',
      title: 'Result',
      width: '156px',
      from: 'phone',
      text: ({ result }) => valueText(result),
      sub: ({ asked }) => asked,
    },
    {
      id: 'probability',
      title: ofNumbers ? 'Error' : 'Probability',
      hint: ofNumbers ? 'Result less label' : 'How sure it was of that class',
      numeric: true,
      width: '96px',
      from: 'phone',
      text: ofNumbers ? errorText : confidenceText,
      sub: ({ at }) => format.timeOrShortDate(at, nowMs),
    },
    {
      id: 'inputs',
      title: 'Inputs',
      from: 'desktop',
      text: ({ asked }) => asked,
    },
    {
      id: 'took',
      title: 'Took',
      numeric: true,
      width: '84px',
      text: ({ responseMs }) => format.latency(responseMs),
    },
    {
      id: 'label',
      title: 'Label',
      hint: 'What was right',
      width: '164px',
      from: 'phone',
      text: labelText,
    },
  ]
}

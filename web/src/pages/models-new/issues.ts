/** issues: where in a file something is, in words. */

import type { DatasetIssue } from '@bellwether/client'
import { count } from '../../format/format'
import { capitalised, sentence } from '../../format/sentence'

/** "Line 412, column age"; nothing where it is about the whole file. */
export function placeOf({ line, column }: DatasetIssue): string {
  const parts = [
    ...(line === undefined ? [] : [`line ${count(line)}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
  ].join(', ')
  return capitalised(parts)
}

/** What it says, without the column that stands before it already; as a sentence. */
export function wordsOf({ text, column }: DatasetIssue): string {
  const said = column === undefined ? text : text.replace(`column ${JSON.stringify(column)}: `, '')
  return sentence(said)
}

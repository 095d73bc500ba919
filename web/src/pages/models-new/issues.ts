/** issues: where in a file something is, in words. */

import type { DatasetIssue } from '@bellwether/client'
import { count } from '../../format/format'

/** "Line 412, column age"; nothing where it is about the whole file. */
export function placeOf({ line, column }: DatasetIssue): string {
  const parts = [
    ...(line === undefined ? [] : [`line ${count(line)}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
  ].join(', ')
  return parts.charAt(0).toUpperCase() + parts.slice(1)
}

import type { DatasetIssue } from '@bellwether/client'
import { expect, it } from 'vitest'
import { placeOf, wordsOf } from './issues'

const issue: DatasetIssue = {
  severity: 'info',
  code: 'identifier',
  text: 'column "customer": every row has a value of its own',
  column: 'customer',
}

it('says the column once', () => {
  expect(placeOf(issue)).toBe('Column customer')
  expect(wordsOf(issue)).toBe('Every row has a value of its own.')
  expect(wordsOf({ ...issue, text: 'two columns say the same' })).toBe('Two columns say the same.')
})

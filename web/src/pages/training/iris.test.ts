import { expect, it } from 'vitest'
import { irisText } from './iris'

const rows = irisText()
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => line.split(','))

it('has 50 flowers of each of three species', () => {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(row[4]!, (counts.get(row[4]!) ?? 0) + 1)
  expect([...counts]).toEqual([
    ['setosa', 50],
    ['versicolor', 50],
    ['virginica', 50],
  ])
})

it('has the means that were published', () => {
  const mean = (column: number, species: string) => {
    const own = rows.filter((row) => row[4] === species).map((row) => Number(row[column]))
    return Number((own.reduce((sum, one) => sum + one, 0) / own.length).toFixed(3))
  }
  expect([0, 1, 2, 3].map((column) => mean(column, 'setosa'))).toEqual([5.006, 3.428, 1.462, 0.246])
  expect([0, 1, 2, 3].map((column) => mean(column, 'virginica'))).toEqual([
    6.588, 2.974, 5.552, 2.026,
  ])
})

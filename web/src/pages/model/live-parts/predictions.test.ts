import type { Gap, Prediction } from '@bellwether/client'
import { expect, it } from 'vitest'
import type { LiveEvent } from '../../../live'
import { AT } from '../../model-parts/testing/samples'
import { inputText, isPart, isRight, isSample, readLabel, rowsOf, sampling } from './predictions'

type Told = LiveEvent<`model/${string}/predictions`>

function told(id: string, atMs: number, patch: Partial<Prediction> = {}): Told {
  const data: Prediction = {
    id,
    model: 'churn-v3',
    at_ms: atMs,
    result: 'yes',
    confidence: 0.9,
    input_hash: 'h',
    response_ms: 2,
    predictions: 1,
    predictions_per_minute: 1,
    ...patch,
  }
  return { is: 'event', key: id, topic: 'model/churn-v3/predictions', at: atMs, data }
}

it('each prediction stands once, newest first, and the log adds inputs and labels', () => {
  const rows = rowsOf(
    [told('c', AT + 2), told('b', AT + 1)],
    [
      { id: 'b', at: AT + 1, inputs: { tenure: 12 }, prediction: 'yes', label: 'no' },
      { id: 'a', at: new Date(AT).toISOString(), inputs: {}, prediction: 'no', label: null },
    ],
  )
  expect(rows.map(({ key, label }) => [key, label])).toEqual([
    ['c', undefined],
    ['b', 'no'],
    ['a', undefined],
  ])
  expect(rows[0]?.asked).toBe('…')
  expect(rows[1]?.asked).toBe('tenure 12')
  expect(rows[2]?.at).toBe(AT)
})

it('an event says what was asked, and its row stays the same object', () => {
  const event = told('a', AT, { inputs: { tenure: 12 } })
  const [row] = rowsOf([event], [])
  expect(row?.asked).toBe('tenure 12')
  expect(rowsOf([told('b', AT + 1), event], [])[1]).toBe(row)
})

it('the log knows more of samples, of long inputs and after a loss, until it was read', () => {
  const whole = told('a', AT, { inputs: {} })
  const sample = told('b', AT, { inputs: {}, stands_for: 3 })
  const gap: Gap = { from: [1, 2], to: [1, 9], reason: 'overrun' }
  const lost: Told = { is: 'gap', key: 'g', topic: 'model/churn-v3/predictions', gap }
  expect([isSample(undefined), isSample(whole), isSample(sample)]).toEqual([false, false, true])
  expect(isPart([], [])).toBe(false)
  expect(isPart([whole], [])).toBe(false)
  expect(isPart([lost, whole], [])).toBe(true)
  for (const part of [told('c', AT), sample]) {
    expect(isPart([whole, part], [])).toBe(true)
    expect(isPart([part], [{ id: 'd', at: AT - 1, prediction: 1 }])).toBe(true)
    expect(isPart([part], [{ id: 'd', at: AT, prediction: 1 }])).toBe(false)
  }
})

it('what is left out is said', () => {
  expect(sampling([told('a', AT)])).toBe('')
  expect(sampling([told('a', AT, { stands_for: 5 })])).toBe('Showing 1 in 5, all are stored')
  const some = [told('a', AT, { stands_for: 8 }), told('b', AT), told('c', AT)]
  expect(sampling(some)).toBe('Showing 1 in 3, all are stored')
})

it('inputs are summed up', () => {
  expect(inputText({ tenure: 12, plan: 'basic', fee: null, age: 3, town: 'Ulm' })).toBe(
    'tenure 12, plan basic, fee missing and 2 more',
  )
  expect(inputText({ a: 1, b: 2, c: 3, d: 4 })).toBe('a 1, b 2, c 3, d 4')
  expect(inputText(undefined)).toBe('…')
})

it('a label is right, wrong, or of a number', () => {
  const row = { key: 'a', at: AT, asked: '', result: 'yes' as unknown }
  expect(isRight({ ...row, label: 'yes' })).toBe(true)
  expect(isRight({ ...row, label: 'no' })).toBe(false)
  expect(isRight(row)).toBeUndefined()
  expect(isRight({ ...row, result: 3, label: 4 })).toBeUndefined()
  expect(isRight({ ...row, result: true, label: 'true' })).toBe(true)
})

it('what is typed becomes what the model predicts', () => {
  expect(readLabel(' yes ', 'no')).toBe('yes')
  expect(readLabel('12,5', 3)).toBe(12.5)
  expect(readLabel('twelve', 3)).toBeUndefined()
  expect(readLabel('', 'no')).toBeUndefined()
})

import { expect, it } from 'vitest'
import { draftOf, patchOf } from './draft'

it('shows accuracy in per cent and sends shares', () => {
  const draft = draftOf({ accuracy_warning: 0.9, response_critical_ms: 250 })
  expect(draft).toEqual({
    accuracy_warning: '90',
    accuracy_critical: '80',
    response_warning_ms: '100',
    response_critical_ms: '250',
  })
  expect(patchOf({ ...draft, accuracy_critical: '82,5', response_warning_ms: '' })).toEqual({
    accuracy_warning: 0.9,
    accuracy_critical: 0.825,
    response_warning_ms: null,
    response_critical_ms: 250,
  })
})

it('names what is no number', () => {
  const draft = { ...draftOf({}), accuracy_warning: 'high' }
  expect(() => patchOf(draft)).toThrow('Accuracy: warning below: “high” is not a number.')
})

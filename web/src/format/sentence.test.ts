import { expect, test } from 'vitest'
import { capitalised, sentence } from './sentence'

test('words become a sentence', () => {
  expect(capitalised('its name')).toBe('Its name')
  expect(sentence('its name is known')).toBe('Its name is known.')
  expect(sentence('Told.')).toBe('Told.')
  expect(sentence('')).toBe('')
})

import type { ListedRule } from '@bellwether/client'
import { expect, it } from 'vitest'
import { draftOf, lastingOf, plainRule, ruleOf } from './rules'

const CPU: ListedRule = {
  name: 'cpu_usage',
  title: 'CPU is busy',
  series: 'host/*/cpu/total_percent',
  comparison: 'above',
  levels: { warning: 80, critical: 90 },
  clear_by: 5,
  for_seconds: 60,
  enabled: true,
  text: 'CPU of {subject} is at {value}.',
  shipped: true,
  changed: false,
  watches: 1,
  firing: 0,
}

it('a form that nobody touched says what the rule said', () => {
  expect(ruleOf(CPU, draftOf(CPU))).toEqual(plainRule(CPU))
  expect(Object.keys(plainRule(CPU))).not.toContain('shipped')
})

it('an empty box is no level, a comma is read', () => {
  const changed = ruleOf(CPU, { ...draftOf(CPU), warning: '', critical: '92,5' })
  expect(changed.levels).toEqual({ critical: 92.5 })
})

it('what is no number is named', () => {
  expect(() => ruleOf(CPU, { ...draftOf(CPU), warning: 'high' })).toThrow('“high” is not a number')
})

it('says how long', () => {
  const check = (seconds: number, text: string) => {
    expect(lastingOf(seconds)).toBe(text)
  }
  check(0, 'At once')
  check(30, '30 s')
  check(120, '2 min')
})

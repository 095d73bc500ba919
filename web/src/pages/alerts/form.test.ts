import type { Alert } from '@bellwether/client'
import { expect, it } from 'vitest'
import { draftOfRule, emptyDraft, nameFrom, ruleOfDraft, sentenceFor } from './form'
import { lastedOf, linesOf, rangeOf } from './story'
import { suggestionsOf, wordsOf } from './suggest'

it('a form that is filled in is a rule, with what was left empty guessed', () => {
  const draft = {
    ...emptyDraft('app/shop/*/waiting', false),
    title: 'Queue is long!',
    warning: '10',
  }
  expect(ruleOfDraft(draft)).toEqual({
    name: 'queue_is_long',
    title: 'Queue is long!',
    series: 'app/shop/*/waiting',
    comparison: 'above',
    levels: { warning: 10 },
    clear_by: 0,
    for_seconds: 0,
    enabled: true,
    text: '{item} of {subject}: waiting is {value}, over {limit}.',
  })
  expect(() => ruleOfDraft({ ...draft, for_seconds: 'long' })).toThrow('Lasting: “long”')
})

it('a rule that nobody touched is sent back as it was', () => {
  const rule = {
    ...ruleOfDraft({ ...emptyDraft('app/door/open', true), title: 'Door' }),
    silent_after_seconds: 30,
    action: 'Close it.',
    overrides: { 'app/door': {} },
  }
  expect(ruleOfDraft(draftOfRule(rule), rule)).toEqual(rule)
  const quiet = { ...draftOfRule(rule), silent_after_seconds: '', action: ' ' }
  expect(Object.keys(ruleOfDraft(quiet, rule))).not.toContain('action')
  expect(Object.keys(ruleOfDraft(quiet, rule))).not.toContain('silent_after_seconds')
})

it('names and sentences follow what was written', () => {
  expect(nameFrom('Überlauf: Tank 3')).toBe('u_berlauf_tank_3')
  expect(sentenceFor(emptyDraft('app/door/open', true))).toBe('{subject}: open is yes.')
})

it('offers patterns before single series', () => {
  const known = (name: string, value: number, isSwitch = false) => ({
    name,
    value,
    is_switch: isSwitch,
    unit: 'number' as const,
  })
  const offered = suggestionsOf([
    known('app/door/open', 1, true),
    known('app/shop/bills/waiting', 2),
    known('app/shop/orders/waiting', 40),
  ])
  expect(offered.map(({ series, note }) => `${series}: ${note}`)).toEqual([
    'app/shop/*/waiting: 2 series',
    'app/door/open: yes',
    'app/shop/bills/waiting: 2',
    'app/shop/orders/waiting: 40',
  ])
  expect(wordsOf('app/shop/*/wai')).toBe('app/shop/ /wai')
})

const ALERT: Alert = {
  id: '1',
  rule: 'queue',
  state: 'resolved',
  severity: 'critical',
  subject: 'app/shop',
  title: 'Queue is long',
  text: 'orders has 200 waiting.',
  since_at_ms: 10_000,
  fired_at_ms: 70_000,
  resolved_at_ms: 190_000,
  acknowledged: true,
  silenced: false,
}

it('tells what became of an alert, newest first', () => {
  const write = (value: number | undefined) => String(value)
  const lines = linesOf(
    ALERT,
    [
      { at_ms: 70_000, kind: 'fired', severity: 'warning', value: 40 },
      { at_ms: 90_000, kind: 'worse', severity: 'critical', value: 200 },
      { at_ms: 100_000, kind: 'acknowledged', severity: 'critical', by: 'ann' },
      { at_ms: 190_000, kind: 'resolved', severity: 'critical', value: 3 },
    ],
    write,
  )
  expect(lines.map(({ text }) => text)).toEqual([
    'Over by itself at 3.',
    'ann acknowledged it.',
    'Got worse: critical at 200.',
    'Fired as warning at 40.',
    'The first value broke the rule.',
  ])
  expect(lastedOf(ALERT, 1e9)).toBe('It lasted 3\u00a0min.')
})

it('shows the time of an alert whole', () => {
  expect(rangeOf(ALERT, 1e9)).toEqual({ is: 'fixed', from: -590_000, to: 790_000 })
  const open: Alert = { ...ALERT, state: 'firing' }
  delete open.resolved_at_ms
  expect(rangeOf(open, 20_000)).toEqual({ is: 'live', windowMs: 900_000 })
})

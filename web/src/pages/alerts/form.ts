/**
 * form: a rule as a form holds it, everything as text, and back. What is left empty and can be guessed is:
 * the name from the title, the sentence from the series. Plain functions.
 */

import type { AlertSeverity, Levels, Rule } from '@bellwether/client'
import { isBoolean, numberOf } from './rules'

export interface RuleDraft {
  title: string
  name: string
  series: string
  comparison: Rule['comparison']
  severity: AlertSeverity
  info: string
  warning: string
  critical: string
  clear_by: string
  for_seconds: string
  silent_after_seconds: string
  text: string
  action: string
  enabled: boolean
}

const asText = (value: number | undefined): string => (value === undefined ? '' : String(value))

export function emptyDraft(series: string, isSwitch: boolean): RuleDraft {
  return {
    title: '',
    name: '',
    series,
    comparison: isSwitch ? 'is_true' : 'above',
    severity: 'warning',
    info: '',
    warning: '',
    critical: '',
    clear_by: '',
    for_seconds: '',
    silent_after_seconds: '',
    text: '',
    action: '',
    enabled: true,
  }
}

export function draftOfRule(rule: Rule): RuleDraft {
  return {
    title: rule.title,
    name: rule.name,
    series: rule.series,
    comparison: rule.comparison,
    severity: rule.severity ?? 'warning',
    info: asText(rule.levels?.info),
    warning: asText(rule.levels?.warning),
    critical: asText(rule.levels?.critical),
    clear_by: rule.clear_by === 0 ? '' : asText(rule.clear_by),
    for_seconds: rule.for_seconds === 0 ? '' : asText(rule.for_seconds),
    silent_after_seconds: asText(rule.silent_after_seconds),
    text: rule.text,
    action: rule.action ?? '',
    enabled: rule.enabled !== false,
  }
}

/** `queue_is_long` of "Queue is long". */
export function nameFrom(title: string): string {
  return title
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 63)
}

/** The words of a field: `latency ms` of `app/shop/*`+`/latency_ms`. */
export function fieldName(series: string): string {
  return decodeURIComponent(series.split('/').at(-1) ?? '').replaceAll('_', ' ')
}

/** What people are told where nobody wrote a sentence. */
export function sentenceFor({ series, comparison }: RuleDraft): string {
  const middle = series.split('/').slice(2, -1)
  const who = middle.includes('*') ? '{item} of {subject}' : '{subject}'
  const field = fieldName(series) || 'value'
  if (comparison === 'is_true') return `${who}: ${field} is yes.`
  if (comparison === 'is_false') return `${who}: ${field} is no.`
  const side = comparison === 'above' ? 'over' : 'under'
  return `${who}: ${field} is {value}, ${side} {limit}.`
}

function secondsOf(text: string, name: string): number | undefined {
  const value = numberOf(text, name)
  return value === undefined ? undefined : Math.round(value)
}

/** The rule that the form describes; `before` keeps what the form does not show. Throws what is wrong. */
export function ruleOfDraft(draft: RuleDraft, before?: Rule): Rule {
  const levels: Levels = {}
  if (!isBoolean(draft)) {
    for (const key of ['info', 'warning', 'critical'] as const) {
      const level = numberOf(draft[key], key)
      if (level !== undefined) levels[key] = level
    }
  }
  const { severity, per, overrides } = before ?? {}
  const silent = secondsOf(draft.silent_after_seconds, 'Silent after')
  const action = draft.action.trim()
  return {
    ...(per === undefined ? {} : { per }),
    ...(overrides === undefined ? {} : { overrides }),
    name: draft.name.trim() || nameFrom(draft.title),
    title: draft.title.trim(),
    series: draft.series.trim(),
    comparison: draft.comparison,
    levels,
    ...(isBoolean(draft) ? { severity: draft.severity } : severity ? { severity } : {}),
    clear_by: isBoolean(draft) ? 0 : (numberOf(draft.clear_by, 'Comes back by') ?? 0),
    for_seconds: secondsOf(draft.for_seconds, 'Lasting') ?? 0,
    ...(silent === undefined ? {} : { silent_after_seconds: silent }),
    enabled: draft.enabled,
    text: draft.text.trim() || sentenceFor(draft),
    ...(action === '' ? {} : { action }),
  }
}

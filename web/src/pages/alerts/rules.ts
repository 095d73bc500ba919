/** Rules as they are listed and edited: what each says in words, and what was written as numbers. */

import type { Levels, ListedRule, Rule } from '@bellwether/client'

export const SIDE: Readonly<Record<Rule['comparison'], string>> = {
  above: 'Above',
  below: 'Below',
  is_true: 'When yes',
  is_false: 'When no',
}

export const isBoolean = ({ comparison }: Pick<Rule, 'comparison'>): boolean =>
  comparison === 'is_true' || comparison === 'is_false'

/** "for 1 min", "at once". */
export function lastingOf(seconds = 0): string {
  if (seconds === 0) return 'At once'
  if (seconds % 60 === 0) return `${String(seconds / 60)} min`
  return `${String(seconds)} s`
}

/** What a form holds: everything as text, so that an empty box is no zero. */
export interface Draft {
  info: string
  warning: string
  critical: string
  clear_by: string
  for_seconds: string
  enabled: boolean
}

const asText = (value: number | undefined): string => (value === undefined ? '' : String(value))

export function draftOf({ levels, clear_by, for_seconds, enabled }: Rule): Draft {
  return {
    info: asText(levels?.info),
    warning: asText(levels?.warning),
    critical: asText(levels?.critical),
    clear_by: asText(clear_by),
    for_seconds: asText(for_seconds),
    enabled: enabled !== false,
  }
}

export function numberOf(text: string, name: string): number | undefined {
  if (text.trim() === '') return undefined
  const value = Number(text.trim().replace(',', '.'))
  if (!Number.isFinite(value)) throw new Error(`${name}: “${text}” is not a number.`)
  return value
}

/** What only the list says of a rule. */
const OF_LIST: readonly string[] = ['shipped', 'changed', 'watches', 'firing']

/** The rule as it is sent back. */
export function plainRule(listed: ListedRule): Rule {
  const fields = Object.entries(listed).filter(([key]) => !OF_LIST.includes(key))
  return Object.fromEntries(fields) as unknown as Rule
}

/** The rule as it was listed, with what the form says; throws what is wrong, for people. */
export function ruleOf(listed: ListedRule, draft: Draft): Rule {
  const rule = plainRule(listed)
  const levels: Levels = {}
  for (const name of ['info', 'warning', 'critical'] as const) {
    const level = numberOf(draft[name], name)
    if (level !== undefined) levels[name] = level
  }
  return {
    ...rule,
    levels,
    clear_by: numberOf(draft.clear_by, 'Comes back by') ?? 0,
    for_seconds: Math.round(numberOf(draft.for_seconds, 'Lasting') ?? 0),
    enabled: draft.enabled,
  }
}

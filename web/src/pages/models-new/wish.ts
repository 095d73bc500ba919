/**
 * wish: what somebody wants trained, from a form to `POST /api/train`. Enters: fields as they stand in the
 * form. Leaves: the body, or what is wrong and with which field. Plain functions.
 */

import type { DatasetProfile } from '@bellwether/client'

export type Preset = 'fast' | 'balanced' | 'thorough'
export type Split = 'automatic' | 'random' | 'time' | 'group'
export type WishedTask = 'automatic' | 'classification' | 'regression'

export interface WishForm {
  readonly target: string
  readonly task: WishedTask
  readonly preset: Preset
  readonly split: Split
  readonly group: string
  readonly name: string
  readonly seed: string
  readonly minutes: string
  /** Columns that are left out. */
  readonly ignored: readonly string[]
}

export const PRESETS: readonly { readonly id: Preset; readonly text: string }[] = [
  { id: 'fast', text: 'Fast: one model with good settings' },
  { id: 'balanced', text: 'Balanced: tries some settings' },
  { id: 'thorough', text: 'Thorough: tries many settings' },
]

export const SPLITS: readonly { readonly id: Split; readonly text: string }[] = [
  { id: 'automatic', text: 'Automatic' },
  { id: 'random', text: 'Random rows' },
  { id: 'time', text: 'The newest rows' },
  { id: 'group', text: 'Whole groups' },
]

export const TASKS: readonly { readonly id: WishedTask; readonly text: string }[] = [
  { id: 'automatic', text: 'Automatic, as the target is' },
  { id: 'classification', text: 'Which class' },
  { id: 'regression', text: 'How much' },
]

export const NOTHING_WISHED: WishForm = {
  target: '',
  task: 'automatic',
  preset: 'balanced',
  split: 'automatic',
  group: '',
  name: '',
  seed: '',
  minutes: '',
  ignored: [],
}

export type WishField = 'target' | 'group' | 'name' | 'seed' | 'minutes'

export interface WishComplaint {
  readonly field: WishField
  readonly text: string
}

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/
/** What a JSON number carries exactly. */
const LARGEST_SEED = Number.MAX_SAFE_INTEGER
const LONGEST_MINUTES = 24 * 60

/** The body of the request, or what is to be changed before it makes sense. */
export function bodyOf(
  dataset: string,
  form: WishForm,
): { readonly body: Readonly<Record<string, unknown>> } | { readonly wrong: WishComplaint } {
  const wrong = (field: WishField, text: string) => ({ wrong: { field, text } })
  const name = form.name.trim()
  const seed = form.seed.trim()
  const minutes = form.minutes.trim()
  if (form.target === '') return wrong('target', 'Choose the column that the model is to predict.')
  if (form.split === 'group' && form.group === '')
    return wrong('group', 'Choose the column whose values say which rows belong together.')
  if (form.split === 'group' && form.group === form.target)
    return wrong('group', 'The target cannot be what groups the rows.')
  if (name !== '' && !NAME.test(name))
    return wrong('name', 'Small letters, digits and hyphens, beginning with a letter or digit.')
  if (seed !== '' && !(/^\d+$/.test(seed) && Number(seed) <= LARGEST_SEED))
    return wrong('seed', 'A whole number from 0 up.')
  if (minutes !== '' && !(Number(minutes) > 0 && Number(minutes) <= LONGEST_MINUTES))
    return wrong('minutes', 'Minutes, more than 0 and at most 1,440.')
  const ignored = form.ignored.filter((column) => column !== form.target)
  return {
    body: {
      dataset_id: dataset,
      target_column: form.target,
      model_type: form.task,
      preset: form.preset,
      split: form.split,
      ...(form.split === 'group' ? { group_column: form.group } : {}),
      ...(name === '' ? {} : { model_name: name }),
      ...(seed === '' ? {} : { seed: Number(seed) }),
      ...(minutes === '' ? {} : { time_limit_seconds: Math.round(Number(minutes) * 60) }),
      ...(ignored.length === 0 ? {} : { ignore_columns: ignored }),
    },
  }
}

/** Columns in the order of the file. */
export function columnsInOrder(profile: DatasetProfile) {
  return Object.entries(profile.columns)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([place, column]) => ({ place: Number(place), ...column }))
}

/** The form as a run was made with it, for another one that differs a little. */
export function formFrom(
  parameters: Readonly<Record<string, unknown>>,
  fallback: WishForm,
): WishForm {
  const text = (key: string): string | undefined => {
    const value = parameters[key]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const number = (key: string): number | undefined => {
    const value = parameters[key]
    return typeof value === 'number' ? value : undefined
  }
  const one = <T extends string>(all: readonly { id: T }[], key: string): T | undefined =>
    all.find(({ id }) => id === text(key))?.id
  const ignored = parameters.ignore_columns ?? parameters.columns
  const limit = number('time_limit_seconds')
  return {
    target: text('target_column') ?? fallback.target,
    task: one(TASKS, 'model_type') ?? fallback.task,
    preset: one(PRESETS, 'preset') ?? fallback.preset,
    split: one(SPLITS, 'split') ?? fallback.split,
    group: text('group_column') ?? fallback.group,
    name: text('model_name') ?? fallback.name,
    seed: number('seed')?.toString() ?? fallback.seed,
    minutes: limit === undefined ? fallback.minutes : String(limit / 60),
    ignored: Array.isArray(ignored)
      ? ignored.filter((column) => typeof column === 'string')
      : fallback.ignored,
  }
}

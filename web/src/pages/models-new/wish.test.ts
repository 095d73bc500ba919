import type { ColumnProfile, DatasetProfile } from '@bellwether/client'
import { describe, expect, it } from 'vitest'
import { placeOf } from './issues'
import { NOTHING_WISHED, type WishForm, bodyOf, columnsInOrder, formFrom } from './wish'

function check(form: Partial<WishForm>, expected: object): void {
  expect(bodyOf('d1', { ...NOTHING_WISHED, target: 'churn', ...form })).toEqual(expected)
}

const LEAST = {
  dataset_id: 'd1',
  target_column: 'churn',
  model_type: 'automatic',
  preset: 'balanced',
  split: 'automatic',
}

describe('bodyOf', () => {
  it('says nothing of what was left alone', () => {
    check({}, { body: LEAST })
  })

  it('carries all options as the server wants them', () => {
    check(
      {
        split: 'group',
        group: 'customer',
        name: ' churn-2 ',
        seed: '7',
        minutes: '1.5',
        ignored: ['id', 'churn'],
      },
      {
        body: {
          ...LEAST,
          split: 'group',
          group_column: 'customer',
          model_name: 'churn-2',
          seed: 7,
          time_limit_seconds: 90,
          ignore_columns: ['id'],
        },
      },
    )
  })

  it('names the field that makes no sense', () => {
    const field = (form: Partial<WishForm>) => {
      const wish = bodyOf('d1', { ...NOTHING_WISHED, target: 'churn', ...form })
      return 'wrong' in wish ? wish.wrong.field : undefined
    }
    expect(field({ target: '' })).toBe('target')
    expect(field({ split: 'group' })).toBe('group')
    expect(field({ split: 'group', group: 'churn' })).toBe('group')
    expect(field({ name: 'Churn model' })).toBe('name')
    expect(field({ seed: '-1' })).toBe('seed')
    expect(field({ seed: '1e99' })).toBe('seed')
    expect(field({ minutes: '0' })).toBe('minutes')
    expect(field({ minutes: 'soon' })).toBe('minutes')
  })
})

it('another run begins with the settings of the one before', () => {
  const body = bodyOf('d1', {
    ...NOTHING_WISHED,
    target: 'churn',
    preset: 'thorough',
    seed: '7',
    minutes: '2',
    ignored: ['id'],
  })
  const form = formFrom('body' in body ? body.body : {}, NOTHING_WISHED)
  expect(form).toEqual({
    ...NOTHING_WISHED,
    target: 'churn',
    preset: 'thorough',
    seed: '7',
    minutes: '2',
    ignored: ['id'],
  })
  expect(formFrom({ preset: 'enormous', seed: 'x' }, NOTHING_WISHED)).toEqual(NOTHING_WISHED)
})

it('columns stand in the order of the file, not in that of their numbers as text', () => {
  const column = (name: string): ColumnProfile => ({ name, kind: 'number', missing: 0 })
  const profile = { columns: { '10': column('k'), '2': column('c'), '0': column('a') } }
  const names = columnsInOrder(profile as unknown as DatasetProfile).map(({ name }) => name)
  expect(names).toEqual(['a', 'c', 'k'])
})

it('says where something is', () => {
  const issue = { severity: 'warning', code: 'mixed', text: 'text among numbers' } as const
  expect(placeOf({ ...issue, line: 1_412, column: 'age' })).toBe('Line 1,412, column age')
  expect(placeOf({ ...issue, column: 'age' })).toBe('Column age')
  expect(placeOf(issue)).toBe('')
})

import type { Activity } from '@bellwether/client'
import { expect, it } from 'vitest'
import type { LiveEvent } from '../../live'
import { type EventEntry, NO_FILTER, foldDays, merge, passes, placeOf } from './entries'

const noon = new Date(2026, 10, 21, 12, 0, 0).getTime()
const day = 86_400_000

function activity(text: string, more: Partial<Activity> = {}): Activity {
  return { id: text, kind: 'signed_in', severity: 'info', text, ...more }
}

function live(offset: number, at: number, data: Activity): LiveEvent<'activity'> {
  return { is: 'event', key: `activity:1:${String(offset)}`, topic: 'activity', at, data }
}

const text = (entries: ReturnType<typeof merge>) =>
  entries.map((one) => (one.is === 'event' ? one.what.text : one.reason))

it('live and read ones are each there once, newest first, and a loss stands where it was', () => {
  const gap: LiveEvent<'activity'> = {
    is: 'gap',
    key: 'gap:activity:1:5',
    topic: 'activity',
    gap: { to: [1, 5], reason: 'overrun' },
  }
  const entries = merge(
    [live(6, noon, activity('six')), live(5, noon - 1, activity('five')), gap],
    [
      { ts: noon - 1, position: [1, 5], data: activity('five') },
      { ts: noon - 9, position: [1, 1], data: activity('one') },
    ],
  )
  expect(text(entries)).toEqual(['six', 'five', 'overrun', 'one'])
})

it('repeats in a row fold; another day starts anew', () => {
  const entries = merge(
    [
      live(5, noon, activity('ada came')),
      live(4, noon - 1_000, activity('ada came')),
      live(3, noon - 2_000, activity('bob came')),
      live(2, noon - 3_000, activity('ada came')),
      live(1, noon - day, activity('ada came')),
    ],
    [],
  )
  const days = foldDays(entries, (ms) => String(new Date(ms).getDate()))
  expect(days.map(({ name, folds }) => [name, folds.map(({ times }) => times)])).toEqual([
    ['21', [2, 1, 1]],
    ['20', [1]],
  ])
  expect(days[0]?.folds[0]?.sinceAt).toBe(noon - 1_000)
})

it('filters by what, how bad, who and words; a loss passes, it may have been anything', () => {
  const [entry] = merge(
    [live(1, noon, activity('Ada signed in from a phone', { user: 'ada', severity: 'warning' }))],
    [],
  )
  if (!entry) throw new Error('no entry')
  const with_ = (more: object) => passes(entry, { ...NO_FILTER, ...more })
  expect(with_({})).toBe(true)
  expect(with_({ topic: 'sign-ins', severity: 'warning', user: 'ada', words: 'PHONE ada' })).toBe(
    true,
  )
  for (const other of [
    { topic: 'server' },
    { severity: 'info' },
    { user: 'bob' },
    { words: 'tv' },
  ]) {
    expect(with_(other)).toBe(false)
  }
  expect(
    passes({ is: 'gap', key: 'g', at: noon, reason: 'overrun' }, { ...NO_FILTER, user: 'x' }),
  ).toBe(true)
})

it('leads to its subject at that moment', () => {
  const place = (more: Partial<Activity>) => {
    const entry: EventEntry = { is: 'event', key: 'k', at: 200_000, what: activity('a', more) }
    return placeOf(entry)
  }
  expect(place({ subject: 'host/web-1' })).toBe('/hosts/web-1/overview?from=50000&to=350000')
  expect(place({})).toBe('/?from=50000&to=350000')
})

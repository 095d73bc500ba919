import { expect, it } from 'vitest'
import type { ConnectionState } from '../../live'
import { linkView, spokenTrouble, troubleText } from './link-view'

const now = new Date(2026, 10, 21, 9, 43, 12).getTime()

function says(state: ConnectionState, saver = false): string {
  const { look, tone, bars, text } = linkView(state, now, saver)
  return `${look} ${tone} ${String(bars)}: ${text}`.replaceAll('\u00a0', ' ')
}

it('each state has its own look and words', () => {
  expect(says({ is: 'connecting' })).toBe('hollow warn 0: Connecting')
  expect(says({ is: 'live', latencyMs: 12, quality: 'excellent' })).toBe('bars ok 4: Live 12 ms')
  expect(says({ is: 'live', latencyMs: 80, quality: 'good' })).toBe('bars ok 3: Live 80 ms')
  expect(says({ is: 'live', latencyMs: 200, quality: 'fair' })).toBe('bars ok 2: Live 200 ms')
  expect(says({ is: 'live', latencyMs: 412, quality: 'poor' })).toBe(
    'bars warn 1: Live, slow (412 ms)',
  )
  expect(says({ is: 'live', latencyMs: 12, quality: 'excellent' }, true)).toBe(
    'bars ok 4: Live, saver 12 ms',
  )
  expect(says({ is: 'live', latencyMs: 12, quality: 'excellent', fallback: true })).toBe(
    'dot ok 0: Live (fallback)',
  )
  expect(says({ is: 'polling', refreshedAt: now })).toBe(
    'cloud warn 0: Offline Mode. Refreshed 09:43:12 (offline mode)',
  )
  expect(says({ is: 'offline', reason: 'no_answer', detail: 'Nothing answers.' })).toBe(
    'slashed crit 0: Offline',
  )
})

it('counts down to the next try, and says when it is under way', () => {
  const state = { is: 'reconnecting', attempt: 2, of: 5 } as const
  expect(says({ ...state, retryAt: now + 3_200 })).toBe(
    'arrow warn 0: Reconnecting, try 2 of 5 in 4 s',
  )
  expect(says({ ...state, retryAt: now - 10 })).toBe('arrow warn 0: Reconnecting, try 2 of 5')
  expect(says({ ...state, of: Infinity, retryAt: now })).toBe('arrow warn 0: Reconnecting, try 2')
})

it('only a live page is without trouble', () => {
  expect(linkView({ is: 'live', latencyMs: 1, quality: 'excellent' }, now).trouble).toBe(false)
  const fallback = { is: 'live', latencyMs: 1, quality: 'excellent', fallback: true } as const
  expect(linkView(fallback, now).trouble).toBe(false)
  expect(linkView({ is: 'polling', refreshedAt: now }, now).trouble).toBe(true)
  expect(linkView({ is: 'reconnecting', attempt: 1, of: 5, retryAt: now }, now).trouble).toBe(true)
  expect(linkView({ is: 'offline', reason: 'no_answer', detail: '' }, now).canReconnect).toBe(true)
})

it('the bar says that what is shown is not the present, or why', () => {
  const offline = { is: 'offline', reason: 'no_answer', detail: 'Nothing answers.' } as const
  expect(troubleText(offline, now)).toBe('Offline. Nothing answers.')
  const trying = { is: 'reconnecting', attempt: 2, of: 5, retryAt: now } as const
  expect(troubleText(trying, now)).toBe(
    'Reconnecting, try 2 of 5. What is shown is not the present.',
  )
})

it('what is spoken does not count: a countdown would be heard every second', () => {
  const trying = { is: 'reconnecting', attempt: 2, of: 5, retryAt: now + 9_000 } as const
  expect(spokenTrouble(trying)).toBe(spokenTrouble({ ...trying, attempt: 3, retryAt: now }))
  expect(spokenTrouble(trying)).toContain('not the present')
  const offline = { is: 'offline', reason: 'no_answer', detail: 'Nothing answers.' } as const
  expect(spokenTrouble(offline)).toBe('Offline. Nothing answers.')
})

import { expect, it } from 'vitest'
import { type Level, type Notice, posted } from '../../../components/notices'
import type { ToastWish } from '../../settings'
import { wanted } from './wanted'

function note(text: string, level: Level, source?: string): Notice[] {
  return posted([], { level, text, ...(source === undefined ? {} : { source }) }, 0)
}

const LIST = [
  ...note('refused', 'warning', 'activity:sign_in_refused:'),
  ...note('store is full', 'danger', 'activity:health_changed:'),
  ...note('copied', 'success'),
]

function check(wish: ToastWish, ...expected: string[]): void {
  expect(wanted(LIST, wish).map(({ text }) => text)).toEqual(expected)
}

it('what somebody did is answered in any case', () => {
  check('all', 'refused', 'store is full', 'copied')
  check('critical', 'store is full', 'copied')
  check('none', 'copied')
})

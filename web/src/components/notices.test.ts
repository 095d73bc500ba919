import { expect, it } from 'vitest'
import { type Level, type Notice, type NoticeWish, passed, posted } from './notices'

function post(...wishes: (NoticeWish & { atMs?: number })[]): Notice[] {
  return wishes.reduce<Notice[]>((list, { atMs = 0, ...wish }) => posted(list, wish, atMs), [])
}

function texts(list: readonly Notice[]): string[] {
  return list.map(({ text, times }) => (times > 1 ? `${text} x${String(times)}` : text))
}

function note(text: string, level: Level = 'info'): NoticeWish {
  return { level, text }
}

it('each stays as long as it matters', () => {
  const list = post(note('s', 'success'), note('i'), note('w', 'warning'), note('d', 'danger'))
  expect(texts(passed(list, 9, 2_999))).toEqual(['s', 'i', 'w', 'd'])
  expect(texts(passed(list, 9, 3_000))).toEqual(['i', 'w', 'd'])
  expect(texts(passed(list, 9, 4_000))).toEqual(['w', 'd'])
  expect(texts(passed(list, 9, 6_000))).toEqual(['d'])
  expect(texts(passed(list, 9, 8_000))).toEqual([])
})

it('what can be undone stays for five seconds', () => {
  const action = { text: 'Undo', run: () => undefined }
  const list = post({ level: 'success', text: 'Renamed.', action })
  expect(texts(passed(list, 3, 4_999))).toEqual(['Renamed.'])
  expect(texts(passed(list, 3, 5_000))).toEqual([])
})

it('time passes only for what is seen', () => {
  const list = post(...['a', 'b', 'c', 'd', 'e'].map((text) => note(text)))
  expect(texts(passed(list, 3, 4_000))).toEqual(['a', 'b'])
})

it('the same source within 30 s is counted', () => {
  const heat = (text: string, atMs: number) => ({ ...note(text, 'warning'), source: 'gpu', atMs })
  const list = post(heat('warm', 0), { ...note('other'), atMs: 1 }, heat('hot', 29_000))
  expect(texts(list)).toEqual(['hot x2', 'other'])
  expect(texts(posted(list, heat('warm again', 0), 60_000))).toEqual([
    'hot x2',
    'other',
    'warm again',
  ])
})

it('a flood is bounded', () => {
  expect(post(...Array.from({ length: 200 }, (_, i) => note(String(i))))).toHaveLength(50)
})

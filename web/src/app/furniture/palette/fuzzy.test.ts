import { expect, it } from 'vitest'
import { fit } from './fuzzy'

function check(query: string, text: string, expected: string | undefined): void {
  const found = fit(query, text)
  const marked = found && Array.from(text, (c, i) => (found.at.includes(i) ? `[${c}]` : c)).join('')
  expect(marked).toBe(expected)
}

function best(query: string, ...texts: string[]): string | undefined {
  return texts
    .flatMap((text) => {
      const found = fit(query, text)
      return found ? [{ text, score: found.score }] : []
    })
    .sort((a, b) => b.score - a.score)[0]?.text
}

it('letters in their order', () => {
  check('prc', 'Processes', '[P][r]o[c]esses')
  check('crp', 'Processes', undefined)
  check('zz', 'Processes', undefined)
})

it('words that begin with a letter come before letters inside of words', () => {
  check('tp', 'Top processes', '[T]op [p]rocesses')
  check('lt', 'atlas: light theme', 'atlas: [l]ight [t]heme')
})

it('capitals and spaces do not matter', () => {
  check('GO NOW', 'Go to Now', '[G][o] to [N][o][w]')
})

it('nothing typed fits everything', () => {
  expect(fit('', 'Anything')).toEqual({ score: 0, at: [] })
})

it('the closer fit wins', () => {
  expect(best('net', 'atlas: network', 'Sign out of the net', 'new extent')).toBe('atlas: network')
  expect(best('set', 'Go to Settings', 'Theme: system')).toBe('Go to Settings')
})

import { expect, it } from 'vitest'
import { rangeFault } from './use-range-url'

function check(query: Record<string, string>, expected: string | undefined): void {
  expect(rangeFault(query)).toBe(expected)
}

it('nothing said, nothing wrong', () => {
  check({}, undefined)
  check({ t: '5m' }, undefined)
  check({ from: '1800000000000', to: '1800000060000' }, undefined)
})

it('what makes no sense is named', () => {
  check({ t: '5 parsecs' }, 't=5 parsecs')
  check({ from: '1800000060000', to: '1800000000000' }, 'from=1800000060000 to=1800000000000')
  check({ from: '1800000000000', t: '5m' }, 't=5m from=1800000000000')
})

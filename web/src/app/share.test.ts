import { expect, it } from 'vitest'
import type { TimeRange } from '../live'
import { type LinkKind, linkFor } from './share'

const NOW = 1_800_000_600_000
const LIVE: TimeRange = { is: 'live', windowMs: 300_000 }
const FIXED: TimeRange = { is: 'fixed', from: 1_800_000_000_000, to: 1_800_000_060_000 }

function check(kind: LinkKind, range: TimeRange, query: string, expected: string): void {
  const link = linkFor(kind, `http://atlas:8420/hosts/atlas/processes${query}`, range, NOW)
  expect(link.replace('http://atlas:8420/hosts/atlas/processes', '')).toBe(expected)
}

it('this moment has a beginning and an end', () => {
  check('moment', LIVE, '?t=5m', '?from=1800000300000&to=1800000600000')
  check('moment', FIXED, '', '?from=1800000000000&to=1800000060000')
})

it('the live view has a length', () => {
  check('live', LIVE, '', '?t=5m')
  check('live', FIXED, '?from=1800000000000&to=1800000060000', '?t=1m')
})

it('filter and order stay, the wall screen does not', () => {
  check('live', LIVE, '?q=py&sort=-cpu&kiosk=1', '?q=py&sort=-cpu&t=5m')
})

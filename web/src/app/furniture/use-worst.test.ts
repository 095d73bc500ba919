import { expect, it } from 'vitest'
import type { Status } from '../../status/status'
import type { Judgements } from '../../status/vitals'
import { type Badge, titleOf } from '../badge'
import { badgeOf } from './use-worst'

function check(hosts: Record<string, Status>[], expected: Badge): void {
  const judged = hosts.map((one, i): [string, Judgements] => {
    const each = Object.entries(one).map(([key, status]) => [key, { status }] as const)
    return [`host-${String(i)}`, new Map(each)]
  })
  expect(badgeOf(new Map(judged))).toEqual(expected)
}

it('counts what is out of its limits, on all hosts, and keeps the worst', () => {
  check([], { count: 0, worst: 'ok' })
  check([{ cpu: 'ok', memory: 'unknown' }], { count: 0, worst: 'ok' })
  check([{ cpu: 'warn' }, { cpu: 'ok', 'disk:/': 'crit' }], { count: 2, worst: 'crit' })
})

it('the title tells how many', () => {
  expect(titleOf('Now', { count: 0, worst: 'ok' })).toBe('Now · Bellwether')
  expect(titleOf('Now', { count: 2, worst: 'warn' })).toBe('(2) Now · Bellwether')
  expect(titleOf('Now', { count: 120, worst: 'warn' })).toBe('(99+) Now · Bellwether')
})

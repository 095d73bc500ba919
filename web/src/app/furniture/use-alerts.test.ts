import type { Alert } from '@bellwether/client'
import { expect, it } from 'vitest'
import { alertBadgeOf, noticeOfAlert } from './use-alerts'

function alert(change: Partial<Alert> = {}): Alert {
  return {
    id: 'a',
    rule: 'cpu_usage',
    state: 'firing',
    severity: 'warning',
    subject: 'host/atlas',
    title: 'CPU is busy',
    text: 'CPU of atlas is at 85 %, over 80 %.',
    since_at_ms: 1,
    acknowledged: false,
    silenced: false,
    ...change,
  }
}

it('counts what nobody has seen, by the worst', () => {
  const check = (alerts: Alert[], expected: unknown) => {
    expect(alertBadgeOf(alerts)).toEqual(expected)
  }
  check([], { count: 0, worst: 'ok' })
  check([alert(), alert({ severity: 'critical' })], { count: 2, worst: 'crit' })
  check([alert({ acknowledged: true }), alert({ silenced: true })], { count: 0, worst: 'ok' })
  check([alert({ state: 'resolved' }), alert({ severity: 'info' })], { count: 1, worst: 'ok' })
})

it('tells what fires, what gets worse and what flaps, once', () => {
  const check = (before: Alert | undefined, now: Alert, level: string | undefined) => {
    expect(noticeOfAlert(before, now)?.level).toBe(level)
  }
  check(undefined, alert(), 'warning')
  check(alert(), alert({ value: 86 }), undefined)
  check(alert(), alert({ severity: 'critical' }), 'danger')
  check(alert({ severity: 'critical' }), alert(), undefined)
  check(alert({ state: 'resolved' }), alert(), 'warning')
  check(alert(), alert({ flapping: true }), 'warning')
  check(undefined, alert({ severity: 'info' }), undefined)
  check(undefined, alert({ silenced: true }), undefined)
})

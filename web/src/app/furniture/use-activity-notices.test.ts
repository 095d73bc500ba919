import type { Activity } from '@bellwether/client'
import { expect, it } from 'vitest'
import { noticeOf } from './use-activity-notices'

function check(told: Partial<Activity>, expected: ReturnType<typeof noticeOf>): void {
  const data: Activity = {
    id: '0199',
    kind: 'sign_in_refused',
    severity: 'warning',
    text: 'A sign-in was refused.',
    ...told,
  }
  expect(noticeOf({ is: 'event', key: '1', topic: 'activity', at: 0, data })).toEqual(expected)
}

it('warnings and worse are told, from one source each', () => {
  const text = 'A sign-in was refused.'
  check({}, { level: 'warning', text, source: 'activity:sign_in_refused:' })
  check(
    { severity: 'critical', kind: 'health_changed', subject: 'system/health' },
    { level: 'danger', text, source: 'activity:health_changed:system/health' },
  )
})

it('the rest is read in Activity', () => {
  check({ severity: 'info' }, undefined)
  check({ severity: 'success' }, undefined)
})

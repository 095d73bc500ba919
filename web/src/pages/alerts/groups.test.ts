import type { Alert } from '@bellwether/client'
import { expect, it } from 'vitest'
import { NO_FILTER, groupsOf, passes, placeOf } from './groups'

function alert(change: Partial<Alert>): Alert {
  return {
    id: 'a',
    rule: 'temperature',
    state: 'firing',
    severity: 'warning',
    subject: 'host/atlas',
    title: 'Hardware is hot',
    text: 'coretemp/1 of atlas is at 80 °C.',
    since_at_ms: 1,
    acknowledged: false,
    silenced: false,
    ...change,
  }
}

it('groups by rule and subject, the worst first, seen ones last', () => {
  const groups = groupsOf([
    alert({ id: '1' }),
    alert({ id: '2' }),
    alert({ id: '3', subject: 'host/web-1', acknowledged: true }),
    alert({ id: '4', rule: 'cpu_usage', title: 'CPU is busy', severity: 'critical' }),
  ])
  expect(groups.map(({ title, alerts }) => [title, alerts.map(({ id }) => id)])).toEqual([
    ['CPU is busy on atlas', ['4']],
    ['Hardware is hot on atlas', ['2', '1']],
    ['Hardware is hot on web-1', ['3']],
  ])
})

it('finds by severity, subject and words', () => {
  const check = (filter: Partial<typeof NO_FILTER>, expected: boolean) => {
    expect(passes(alert({}), { ...NO_FILTER, ...filter })).toBe(expected)
  }
  check({}, true)
  check({ severity: 'critical' }, false)
  check({ about: 'host' }, true)
  check({ about: 'model' }, false)
  check({ words: 'atlas HOT' }, true)
  check({ words: 'atlas cold' }, false)
})

it('leads to where it is', () => {
  const check = (metric: string, expected: string | undefined) => {
    expect(placeOf(alert({ metric }))).toBe(expected)
  }
  check('host/atlas/cpu/total_percent', '/hosts/atlas/overview')
  check('host/atlas/sensors/temperatures/x/now_celsius', '/hosts/atlas/sensors')
  check('model/churn-v3/metrics/accuracy', '/models/churn-v3/live')
  check('model/churn-v3/drift/drifted', '/models/churn-v3/drift')
  check('app/shop/orders/waiting', '/signals?q=shop')
  check('system/metrics/uptime_seconds', undefined)
})

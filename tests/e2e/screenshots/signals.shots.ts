/** Photographs users' own signals, rules and an alert: dark and light, wide and phone, with values that move. */

import { test } from 'vitest'
import { watched } from '../harness/browser'
import { acknowledge, alertOf, publish, putRule } from '../harness/own-signals'
import { until } from '../harness/until'
import { file, inEachView, openStudio, visit, wantedOf } from './studio'

/** Values published before, back in time; the server takes a day. */
const MINUTES = 12

test('photographs of own signals', async () => {
  const studio = await openStudio()
  const { context, program } = studio
  const { request } = context
  const shoot = (pages: Readonly<Record<string, string>>): Promise<void> =>
    inEachView(studio, async (device, view) => {
      const page = await watched(device)
      for (const [name, path] of wantedOf(pages)) {
        await visit(page, program, path)
        // What comes over the socket is asked for more: its history, and the charts are drawn.
        const enough = page.seen.frames.length + 4
        await until('values', () => (page.seen.frames.length >= enough ? true : undefined))
        await page.waitForLoadState('networkidle')
        await page.screenshot({ path: file(`${name}-${view}`), fullPage: true })
      }
      await device.close()
    })
  await shoot({ 'signals-empty': '/signals' })

  const start = Date.now() - MINUTES * 60_000
  for (let i = 0; i < MINUTES * 6; i++) {
    const ts = start + i * 10_000
    const at = (topic: string, data: unknown): Promise<void> =>
      publish(request, program, topic, data, { ts })
    const wave = Math.sin(i / 6)
    await at('app/shop/orders', {
      waiting: Math.round(20 + 15 * wave),
      latency_ms: Math.round(80 + 30 * wave + (i % 7)),
      open: i % 20 > 3,
      lanes: { express: { rate_per_second: 3 + wave }, normal: { rate_per_second: 12 - wave } },
      region: 'north',
    })
    await at('app/shop/bills', { waiting: 2 + (i % 3), total_eur: 1_200 + i * 3.5 })
    await at('app/weather', { pressure_hpa: 1_013 + wave, outside_celsius: -2 + 3 * wave })
  }
  for (const job of ['import', 'mail', 'report']) {
    await publish(
      request,
      program,
      'app/jobs/done',
      { job, took_seconds: 42, ok: true },
      { kind: 'event' },
    )
  }
  await putRule(request, program, 'queue', {
    title: 'Queue is long',
    series: 'app/shop/*/waiting',
    comparison: 'above',
    levels: { warning: 30, critical: 100 },
    clear_by: 5,
    text: '{item} of {subject} has {value} waiting, over {limit}.',
    action: 'Start another worker.',
  })
  await publish(request, program, 'app/shop/orders', { waiting: 64 })
  const id = await until('the alert', () => alertOf(request, program, 'queue', 'firing'))
  await acknowledge(request, program, id)
  await shoot({
    signals: '/signals',
    signal: '/signals/shop/orders?t=15m',
    'signal-events': '/signals/jobs/done',
    'signal-gone': '/signals/nobody/here',
    alerts: '/alerts',
    rules: '/alerts/rules',
    'rule-new': '/alerts/rules/new?series=app/shop/*/waiting',
    'rule-edit': '/alerts/rules/edit/queue',
    'alert-firing': `/alerts/${id}`,
    'hosts-tabs': '/hosts',
  })
  await publish(request, program, 'app/shop/orders', { waiting: 12 })
  await until('its end', () => alertOf(request, program, 'queue', 'resolved'))
  await shoot({ 'alert-over': `/alerts/${id}` })
  await studio.close()
}, 400_000)

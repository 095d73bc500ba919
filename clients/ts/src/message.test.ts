import { expect, test } from 'vitest'
import { MalformedMessage, decodeMessage } from './message.ts'

const envelope = { topic: 'a/b', type: 'state', ts: 1, epoch: 1, offset: 1 }

test('every kind of message is known', () => {
  const check = (message: object, expected: string) =>
    expect(decodeMessage(JSON.stringify(message)).is).toBe(expected)
  const limits = {
    message_bytes: 1,
    patterns: 1,
    interval_max_ms: 1,
    messages_per_second: 1,
    ring: 1,
    resume_events: 1,
    publish_bytes: 1,
    publish_depth: 1,
    publish_numbers: 1,
    publishes_per_second: 1,
    app_topics: 1,
    durables: 1,
    durable_topics: 1,
    durable_days: 1,
  }
  check({ op: 'welcome', session: 's', server: 'x', ts: 1, role: 'viewer', limits }, 'welcome')
  check({ op: 'ok', id: 1 }, 'ok')
  check({ op: 'pong', ts: 1.5 }, 'pong')
  check({ op: 'error', id: 1, code: 'bad_topic', detail: 'x' }, 'error')
  check({ op: 'error', code: 'bad_message', detail: 'x' }, 'error')
  check({ ...envelope, full: {} }, 'envelope')
  check({ ...envelope, patch: {} }, 'envelope')
  check({ ...envelope, type: 'event', data: null }, 'envelope')
  check({ topic: 'a', gap: { to: [1, 2], reason: 'overrun' } }, 'gap')
  check({ topic: 'a', gap: { from: [1, 1], to: [2, 1], reason: 'new_epoch' } }, 'gap')
  check({ op: 'news_of_tomorrow' }, 'unknown')
})

test('what is no message is refused, whatever it is', () => {
  const check = (text: string) => expect(() => decodeMessage(text), text).toThrow(MalformedMessage)
  check('')
  check('{')
  check('null')
  check('[]')
  check('1')
  check('"text"')
  check('{}')
  check('{"op":1}')
  check('{"op":"ok"}')
  check('{"op":"ok","id":"1"}')
  check('{"op":"pong"}')
  check('{"op":"welcome","session":"s"}')
  check('{"op":"error","id":1,"code":"no such code","detail":"x"}')
  const wrong: object[] = [
    {},
    { full: [] },
    { full: {}, type: 'event' },
    { data: 1 },
    { full: {}, ts: '1' },
    { full: {}, offset: -1 },
    { full: {}, offset: 1.5 },
    { full: {}, epoch: 2 ** 60 },
    { patch: null },
    { gap: { to: [1], reason: 'overrun' } },
    { gap: { to: [1, 2], reason: 'because' } },
  ]
  for (const fields of wrong) check(JSON.stringify({ ...envelope, ...fields }))
})

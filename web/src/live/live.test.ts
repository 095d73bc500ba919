import { beforeEach, describe, expect, test } from 'vitest'
import { ref } from 'vue'
import { type Age, useAge, useServerNow } from './age'
import { useConnection } from './connection_log'
import { useEvents } from './events'
import { Stage } from './testing/stage'
import { useHeld, useTimeRange } from './time_range'
import { useTopic, useTopics } from './use_topic'

const CPU = 'host/a/cpu'
const summary = { name: 'a', intervals_ms: { cpu: 1_000, disks: 10_000 } }

let stage: Stage

beforeEach(() => {
  stage = new Stage()
})

describe('topics', () => {
  test('change at most once per frame, with the newest', async () => {
    const { latest, at } = stage.enter(() => useTopic(CPU))
    await stage.welcome()
    expect(latest.value).toBeUndefined()
    stage.link.state(CPU, [1, 1], { full: { cores: {}, load_1m: 1 } }, 10)
    stage.link.state(CPU, [1, 2], { patch: { load_1m: 2 } }, 20)
    expect(latest.value).toBeUndefined()
    expect(stage.framesWished).toBe(1)
    await stage.paint()
    expect(latest.value).toEqual({ cores: {}, load_1m: 2 })
    expect(at.value).toBe(20)
  })

  test('an empty state says that there is none any more', async () => {
    const { latest } = stage.enter(() => useTopic(CPU))
    await stage.welcome()
    stage.link.state(CPU, [1, 1], { full: { cores: {}, load_1m: 1 } })
    await stage.paint()
    expect(latest.value).toBeDefined()
    stage.link.state(CPU, [1, 2], { full: {} })
    await stage.paint()
    expect(latest.value).toBeUndefined()
  })

  test('another topic begins without the value of the one before', async () => {
    const host = ref('a')
    const { latest } = stage.enter(() => useTopic(() => `host/${host.value}/cpu` as const))
    await stage.welcome()
    stage.link.state(CPU, [1, 1], { full: { cores: {} } })
    await stage.paint()
    expect(latest.value).toBeDefined()
    host.value = 'b'
    await stage.paint()
    expect(latest.value).toBeUndefined()
    await stage.pass(200)
    expect(stage.link.last('subscribe')?.topics).toEqual(['host/b/cpu'])
    expect(stage.link.last('unsubscribe')?.topics).toEqual([CPU])
  })

  test('are asked for once, whoever wants them, and left with the last', async () => {
    const first = stage.enter(() => useTopic(CPU))
    const second = stage.enter(() => useTopic(CPU))
    await stage.welcome()
    expect(stage.server.link.last('subscribe')?.topics).toEqual([CPU])
    stage.link.state(CPU, [1, 1], { full: { cores: {} } })
    await stage.paint()
    first.leave()
    await stage.pass(1_000)
    expect(stage.link.last('unsubscribe')).toBeUndefined()
    // One who comes later sees at once what is known.
    expect(stage.enter(() => useTopic(CPU)).latest.value).toEqual({ cores: {} })
    expect(second.latest.value).toEqual({ cores: {} })
  })

  test('no topic, no wish', async () => {
    const { latest } = stage.enter(() => useTopic(undefined))
    await stage.welcome()
    expect(latest.value).toBeUndefined()
    expect(stage.link.last('subscribe')).toBeUndefined()
  })

  test('a pattern gives each topic that matches', async () => {
    const hosts = stage.enter(() => ({ all: useTopics('host/*/summary') }))
    await stage.welcome()
    stage.link.state('host/a/summary', [1, 1], { full: summary }, 5)
    stage.link.state('host/b/summary', [1, 1], { full: { ...summary, name: 'b' } })
    await stage.paint()
    expect([...hosts.all.value.keys()]).toEqual(['host/a/summary', 'host/b/summary'])
    expect(hosts.all.value.get('host/a/summary')).toEqual({ value: summary, at: 5 })
  })
})

describe('age', () => {
  test('grows from fresh to stale to unknown by the interval of the topic', async () => {
    const { age } = stage.enter(() => ({ age: useAge(CPU) }))
    await stage.welcome()
    expect(age.value).toEqual({ is: 'waiting' })
    const at = stage.world.now()
    stage.link.state('host/a/summary', [1, 1], { full: summary }, at)
    stage.link.state(CPU, [1, 1], { full: { cores: {} } }, at)
    const kinds: Age['is'][] = []
    for (let second = 0; second < 9; second++) {
      await stage.paint()
      kinds.push(age.value.is)
      await stage.pass(1_000)
    }
    // One second of grace beyond two and five intervals.
    expect(kinds).toEqual([
      'fresh',
      'fresh',
      'fresh',
      'fresh',
      'stale',
      'stale',
      'stale',
      'unknown',
      'unknown',
    ])
    expect(age.value).toEqual({ is: 'unknown', at })
  })

  test('counts on the clock of the server', async () => {
    const { age, now } = stage.enter(() => ({ age: useAge(CPU), now: useServerNow() }))
    await stage.world.pass(0)
    const ahead = stage.world.now() + 3_600_000
    stage.link.welcome(ahead)
    await stage.world.pass(0)
    stage.link.state(CPU, [1, 1], { full: { cores: {} } }, ahead)
    await stage.pass(1_000)
    expect(now.value).toBe(ahead + 1_000)
    expect(age.value.is).toBe('fresh')
  })

  test('is unknown while the page is offline', async () => {
    const { age } = stage.enter(() => ({ age: useAge(CPU) }))
    await stage.welcome()
    stage.link.state(CPU, [1, 1], { full: { cores: {} } }, stage.world.now())
    await stage.paint()
    stage.link.end(1000)
    expect(age.value.is).toBe('unknown')
  })
})

describe('events', () => {
  const started = (pid: number) => ({
    change: 'started',
    key: `${pid}:1`,
    pid,
    parent_pid: 1,
    name: 'sh',
  })
  const topic = 'host/a/process'

  test('each is there, newest first, and a loss between them', async () => {
    const { list } = stage.enter(() => ({ list: useEvents(topic) }))
    await stage.welcome()
    stage.link.event(topic, [1, 1], started(1), 10)
    stage.link.event(topic, [1, 2], started(2), 20)
    stage.link.say({ topic, gap: { from: [1, 2], to: [1, 9], reason: 'overrun' } })
    stage.link.event(topic, [1, 9], started(9), 90)
    expect(list.value).toEqual([])
    await stage.paint()
    expect(list.value.map((one) => (one.is === 'gap' ? one.gap.reason : one.data.pid))).toEqual([
      9,
      'overrun',
      2,
      1,
    ])
    expect(new Set(list.value.map(({ key }) => key)).size).toBe(4)
  })

  test('no more than the limit are kept', async () => {
    const { list } = stage.enter(() => ({ list: useEvents(topic, 3) }))
    await stage.welcome()
    for (let n = 1; n <= 10; n++) stage.link.event(topic, [1, n], started(n))
    await stage.paint()
    expect(list.value.map((one) => one.is === 'event' && one.data.pid)).toEqual([10, 9, 8])
    stage.link.event(topic, [1, 11], started(11))
    await stage.paint()
    expect(list.value.map((one) => one.is === 'event' && one.data.pid)).toEqual([11, 10, 9])
  })
})

describe('connection', () => {
  test('its log tells what the pill shows', async () => {
    const connection = stage.enter(() => useConnection())
    expect(connection.state.value.is).toBe('connecting')
    await stage.welcome()
    expect(connection.state.value).toMatchObject({ is: 'live', quality: 'excellent' })
    expect(connection.latencies.value).toEqual([{ at: stage.world.now(), ms: 0 }])
    for (let n = 0; n < 20; n++) stage.link.say({ op: 'ok', id: n })
    stage.link.say('{')
    await stage.pass(1_000)
    expect(connection.messagesPerSecond.value).toBe(23)
    expect(connection.lastError.value?.detail).toBe('a message is no JSON')
    stage.link.end()
    await stage.pass(1_000)
    await stage.welcome()
    await stage.pass(1_000)
    expect(connection.resumes.value).toBe(1)
  })

  test('saving asks for less, and a page that nobody sees for events only', async () => {
    const connection = stage.enter(() => ({ ...useConnection(), cpu: useTopic(CPU) }))
    await stage.welcome()
    connection.setSaver(true)
    expect(stage.link.last('subscribe')?.interval_ms).toBe(5_000)
    await stage.world.wake('hidden')
    await stage.world.pass(29_000)
    expect(stage.link.last('unsubscribe')).toBeUndefined()
    await stage.world.pass(2_000)
    expect(stage.link.last('unsubscribe')?.topics).toEqual([CPU])
    expect(stage.link.last('subscribe')?.interval_ms).toBe(10_000)
    await stage.world.wake('visible')
    await stage.world.pass(0)
    expect(stage.link.last('subscribe')).toMatchObject({ topics: [CPU], interval_ms: 5_000 })
  })

  test('looking away for a moment changes nothing', async () => {
    stage.enter(() => useTopic(CPU))
    await stage.welcome()
    await stage.world.wake('hidden')
    await stage.world.pass(20_000)
    await stage.world.wake('visible')
    await stage.world.pass(60_000)
    expect(stage.link.last('unsubscribe')).toBeUndefined()
  })
})

test('what is held stays as it was until it goes on', async () => {
  const source = ref(1)
  const { held, range } = stage.enter(() => ({ held: useHeld(source), range: useTimeRange() }))
  source.value = 2
  await stage.paint()
  expect(held.value).toBe(2)
  range.pause()
  source.value = 3
  await stage.paint()
  expect(held.value).toBe(2)
  expect(range.pausedAt).toBe(stage.world.now())
  range.resume()
  await stage.paint()
  expect(held.value).toBe(3)
})

test('stopping leaves no timer', async () => {
  stage.enter(() => ({ age: useAge(CPU), events: useEvents('host/a/process') })).leave()
  await stage.welcome()
  await stage.world.pass(1_000)
  stage.live.stop()
  expect(stage.world.pending).toBe(0)
})

import { expect, test } from 'vitest'
import { matches, shapeOf } from './topics.ts'

test('patterns match as on the server', () => {
  const check = (pattern: string, topic: string, expected: boolean) =>
    expect(matches(pattern, topic), `${pattern} ${topic}`).toBe(expected)
  check('host/web-1/cpu', 'host/web-1/cpu', true)
  check('host/web-1/cpu', 'host/web-1/cpus', false)
  check('host/*/cpu', 'host/web-1/cpu', true)
  check('host/*/cpu', 'host/a/b/cpu', false)
  check('host/*', 'host', false)
  check('host/**', 'host', true)
  check('host/**', 'host/web-1/cpu', true)
  check('host/**', 'hosts', false)
  check('**', 'activity', true)
  check('*', 'activity', true)
  check('*', 'a/b', false)
})

test('each topic has the shape of its payload', () => {
  expect(shapeOf('state', 'host/web-1/cpu')).toBe('Cpu')
  expect(shapeOf('state', 'system/health')).toBe('SystemHealth')
  expect(shapeOf('event', 'host/web-1/process')).toBe('ProcessEvent')
  expect(shapeOf('state', 'app/mine')).toBeUndefined()
  expect(shapeOf('event', 'host/web-1/cpu')).toBeUndefined()
})

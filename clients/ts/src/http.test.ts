import { describe, expect, test } from 'vitest'
import { glance } from './glance.ts'
import { ProblemError, createApi } from './http.ts'

interface Asked {
  readonly url: string
  readonly init: RequestInit | undefined
}

function answering(body: unknown, status = 200) {
  const asked: Asked[] = []
  const api = createApi('http://test', (url, init) => {
    asked.push({ url: url as string, init })
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return Promise.resolve(new Response(status === 204 ? null : text, { status }))
  })
  return { api, asked }
}

const session = { user: 'a', role: 'viewer', version: '1', host: 'h', ts: 1, health: 'healthy' }

test('series are asked for by name, with whole milliseconds and only what was given', async () => {
  const answer = { from: 1, to: 2, step_ms: 0, series: [] }
  const { api, asked } = answering(answer)
  const name = 'host/a/disks/filesystems/%2Fdata/used_percent'
  expect(await api.series({ names: [name, 'host/a/disks/x'], from: 1.4, to: 2.6 })).toEqual(answer)
  const url = new URL(asked[0]?.url ?? '')
  expect(url.pathname).toBe('/api/series')
  expect(Object.fromEntries(url.searchParams)).toEqual({
    names: `${name},host/a/disks/x`,
    from: '1',
    to: '3',
  })
})

test('settings are patched as a merge patch', async () => {
  const { api, asked } = answering({ theme: 'dark' })
  expect(await api.settings.patch({ pins: null })).toEqual({ theme: 'dark' })
  expect(asked[0]?.init).toMatchObject({ method: 'PATCH', body: '{"pins":null}' })
})

test('settings outlive the page that is left, as far as a browser lets them', async () => {
  const { api, asked } = answering({})
  await api.settings.patch({ theme: 'dark' })
  await api.settings.patch({ long: 'x'.repeat(40_000) })
  expect(asked.map(({ init }) => init?.keepalive)).toEqual([true, false])
})

test('signing out posts', async () => {
  const { api, asked } = answering('', 204)
  await api.signOut()
  expect(asked[0]).toMatchObject({ url: 'http://test/api/sign-out', init: { method: 'POST' } })
})

describe('errors', () => {
  const problem = {
    type: 'about:blank#bad-request',
    title: 'Bad request',
    status: 400,
    detail: 'say more',
    message: 'say more',
  }

  test('a problem keeps its words', async () => {
    const failing = answering(problem, 400).api.session()
    await expect(failing).rejects.toBeInstanceOf(ProblemError)
    await expect(failing).rejects.toMatchObject({ status: 400, message: 'say more', problem })
  })

  test('something between that answers otherwise becomes a problem', async () => {
    const failing = answering('<html>', 502).api.session()
    await expect(failing).rejects.toMatchObject({ status: 502 })
  })

  test('an answer of another shape is no answer', async () => {
    await expect(answering({ ...session, user: 1 }).api.session()).rejects.toThrow(
      '/api/session: /user is no string',
    )
    await expect(answering([]).api.settings.read()).rejects.toThrow(TypeError)
  })
})

test('probing tells signed out, answering and silent apart', async () => {
  expect(await answering(session).api.probe()).toBe('answers')
  expect(await answering({}, 401).api.probe()).toBe('signed_out')
  expect(await answering({}, 403).api.probe()).toBe('signed_out')
  expect(await answering({}, 503).api.probe()).toBe('answers')
  const silent = createApi('http://test', () => Promise.reject(new TypeError('failed to fetch')))
  expect(await silent.probe()).toBe('silent')
})

test('a glance at topics gives what a socket would have sent', async () => {
  const envelope = { topic: 'a/b', type: 'state', ts: 1, epoch: 1, offset: 2, full: {} }
  const lost = { topic: 'a/c', gap: { to: [1, 5], reason: 'overrun' } }
  const positions = { 'a/b': [1, 2], 'a/c': [1, 4] }
  const asked: string[] = []
  const answers = (body: unknown) => (url: unknown) => {
    asked.push(String(url))
    return Promise.resolve(new Response(JSON.stringify(body)))
  }
  const fetch = answers({ envelopes: [envelope, lost], positions })
  expect(await glance('http://test', ['a/*', 'b'], { 'a/b': [1, 1] }, fetch)).toEqual({
    delivered: [
      { is: 'envelope', envelope },
      { is: 'gap', ...lost },
    ],
    positions,
  })
  const query = new URL(asked[0] ?? '').searchParams
  expect(Object.fromEntries(query)).toEqual({ topics: 'a/*,b', since: '{"a/b":[1,1]}' })
  const wrong = glance('http://test', ['a'], 'now', answers({ envelopes: [{}], positions }))
  await expect(wrong).rejects.toThrow('without a topic')
})

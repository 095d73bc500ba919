import { expect, it } from 'vitest'
import { ProblemError } from './http.ts'
import { createRest, reasonOf } from './rest.ts'

function answering(status: number, body: string) {
  const asked: { address: string; init: RequestInit }[] = []
  const rest = createRest('http://here', (address, init) => {
    asked.push({ address: address as string, init: init ?? {} })
    return Promise.resolve(new Response(body, { status }))
  })
  return { rest, asked }
}

it('what is wished goes as JSON, what comes is handed on', async () => {
  const { rest, asked } = answering(200, '{"run":7}')
  expect(await rest('/api/train', { method: 'POST', body: { dataset_id: 'a' } })).toEqual({
    run: 7,
  })
  expect(asked[0]?.address).toBe('http://here/api/train')
  expect(asked[0]?.init).toMatchObject({ method: 'POST', body: '{"dataset_id":"a"}' })
})

it('an empty answer is none, and a file goes as it is', async () => {
  const { rest, asked } = answering(200, '')
  const raw = new Blob(['model'])
  expect(await rest('/api/models/import', { method: 'POST', raw })).toBeUndefined()
  expect(asked[0]?.init.body).toBe(raw)
})

it('a refusal is thrown with the words of the server', async () => {
  const problem = { type: 'about:blank', title: 'Conflict', status: 409, detail: 'In production.' }
  const { rest } = answering(409, JSON.stringify({ ...problem, message: 'In production.' }))
  const error = await rest('/api/models/a-v1', { method: 'DELETE' }).catch((one: unknown) => one)
  expect(error).toBeInstanceOf(ProblemError)
  expect(reasonOf(error)).toBe('In production.')
})

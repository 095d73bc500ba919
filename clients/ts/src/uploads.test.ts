import { expect, it } from 'vitest'
import { ProblemError } from './http.ts'
import { type UploadOptions, dropUpload, uploadFile } from './uploads.ts'

const BYTES = 'abcdefghijklmnopqrstuvwxy' // 25 bytes, in pieces of 10

/** A server with one upload; `trouble` may answer or break a request before it is looked at. */
class Server {
  readonly asked: string[] = []
  kept = ''
  trouble: (method: string, nth: number) => Response | Error | undefined = () => undefined
  /** Bytes of the next broken piece that come through all the same. */
  through = 0
  private pieces = 0

  readonly fetch: typeof globalThis.fetch = async (address, init) => {
    const method = init?.method ?? 'GET'
    const path = (address as string).replace('http://here/api/datasets/uploads', '')
    this.asked.push(`${method} ${path}`)
    if (method === 'PATCH') this.pieces += 1
    const broken = this.trouble(method, this.pieces)
    const piece = init?.body instanceof Blob ? await init.body.text() : ''
    if (broken) {
      this.kept += piece.slice(0, this.through)
      if (broken instanceof Error) throw broken
      return broken
    }
    if (method === 'POST' && path === '')
      return json({ upload_id: 'u1', offset: 0, chunk_bytes: 10 })
    if (method === 'GET') return path === '/u1' ? json({ offset: this.kept.length }) : problem(404)
    if (method === 'PATCH') {
      const offset = Number(new Headers(init?.headers).get('upload-offset'))
      if (offset !== this.kept.length) return problem(409)
      this.kept += piece
      return json({ offset: this.kept.length })
    }
    return json({ dataset_id: 'd1' })
  }
}

const json = (body: object) => new Response(JSON.stringify(body), { status: 200 })
const problem = (status: number, detail = 'no') =>
  new Response(
    JSON.stringify({ type: 'about:blank', title: 'no', status, detail, message: detail }),
    { status },
  )

function send(server: Server, options: UploadOptions = {}) {
  const waits: number[] = []
  const sent: number[] = []
  const file = Object.assign(new Blob([BYTES]), { name: 'churn.csv' })
  const done = uploadFile('http://here', file, {
    fetch: server.fetch,
    wait: (ms) => {
      waits.push(ms)
      return Promise.resolve()
    },
    onSent: (bytes) => sent.push(bytes),
    ...options,
  })
  return { done, waits, sent }
}

it('goes in pieces as large as the server wants them', async () => {
  const server = new Server()
  const { done, sent } = send(server)
  expect(await done).toBe('d1')
  expect(server.kept).toBe(BYTES)
  expect(sent).toEqual([0, 10, 20, 25])
  expect(server.asked).toEqual(['POST ', 'PATCH /u1', 'PATCH /u1', 'PATCH /u1', 'POST /u1/finish'])
})

it('a cut in the middle of a piece goes on where the server stands', async () => {
  const server = new Server()
  server.through = 4
  let cuts = 0
  server.trouble = (method, nth) =>
    method === 'PATCH' && nth === 2 && cuts++ === 0 ? new TypeError('cut') : undefined
  const { done, sent, waits } = send(server)
  expect(await done).toBe('d1')
  expect(server.kept).toBe(BYTES)
  expect(sent).toEqual([0, 10, 14, 24, 25])
  expect(waits).toEqual([500])
})

it('waits longer each time, and gives up in the end', async () => {
  const server = new Server()
  server.trouble = (method) => (method === 'POST' ? undefined : new TypeError('cut'))
  const { done, waits } = send(server)
  await expect(done).rejects.toThrow('cut')
  expect(waits.slice(0, 4)).toEqual([500, 1_000, 2_000, 4_000])
  expect(Math.max(...waits)).toBe(15_000)
  expect(waits.length).toBe(11)
})

it('what the server says of the file is not asked twice', async () => {
  const server = new Server()
  const wrong = "line 4, column 'age': quote is never closed"
  server.trouble = (method) =>
    method === 'POST' && server.kept.length === 25 ? problem(400, wrong) : undefined
  const { done, waits } = send(server)
  const error: unknown = await done.catch((one: unknown) => one)
  expect(error instanceof ProblemError && error.problem.detail).toBe(wrong)
  expect(waits).toEqual([])
})

it('goes on with an upload that was begun before; one that is gone is begun anew', async () => {
  const server = new Server()
  server.kept = BYTES.slice(0, 12)
  const { done, sent } = send(server, { resume: 'u1' })
  expect(await done).toBe('d1')
  expect(server.kept).toBe(BYTES)
  expect(sent[0]).toBe(12)

  const other = new Server()
  expect(await send(other, { resume: 'gone' }).done).toBe('d1')
  expect(other.asked.slice(0, 2)).toEqual(['GET /gone', 'POST '])
})

it('is called off', async () => {
  const server = new Server()
  const abort = new AbortController()
  server.trouble = (method) => {
    if (method !== 'PATCH') return undefined
    abort.abort()
    return new TypeError('aborted')
  }
  await expect(send(server, { signal: abort.signal }).done).rejects.toThrow()
  expect(server.asked).toEqual(['POST ', 'PATCH /u1'])
})

it('takes back what is there, and does not mind what is gone', async () => {
  const asked: string[] = []
  const gone: typeof globalThis.fetch = (address, init) => {
    asked.push(`${init?.method ?? ''} ${address as string}`)
    return Promise.resolve(problem(404))
  }
  await dropUpload('http://here', 'u 1', gone)
  expect(asked).toEqual(['DELETE http://here/api/datasets/uploads/u%201'])
})

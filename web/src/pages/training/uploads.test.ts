// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { complaintAbout, createUploads } from './uploads'

const json = (body: object, status = 200) =>
  Promise.resolve(new Response(JSON.stringify(body), { status }))
const problem = (status: number, detail: string) =>
  json({ type: 'about:blank', title: 'no', status, detail, message: detail }, status)

/** What the server answers, by method and path. */
let answers: (method: string, path: string, init?: RequestInit) => Promise<Response>
let asked: string[]

beforeEach(() => {
  sessionStorage.clear()
  asked = []
  vi.stubGlobal('fetch', (address: string, init?: RequestInit) => {
    const method = init?.method ?? 'GET'
    const { pathname } = new URL(address)
    asked.push(`${method} ${pathname}`)
    return answers(method, pathname, init)
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const csv = (name: string, text = 'a,b\n1,2\n') => new File([text], name, { lastModified: 1 })

it('becomes a dataset', async () => {
  answers = (method, path) => {
    if (path.endsWith('/finish')) return json({ dataset_id: 'd1' })
    return method === 'POST'
      ? json({ upload_id: 'u1', chunk_bytes: 100 }, 201)
      : json({ offset: 8 })
  }
  const uploads = createUploads()
  uploads.add([csv('churn.csv')])
  await vi.waitFor(() => expect(uploads.all[0]!.phase).toEqual({ is: 'done', dataset: 'd1' }))
  expect(uploads.all[0]!.id).toBe('u1')
})

it('what is no table by its name is not sent', () => {
  const uploads = createUploads()
  uploads.add([csv('photo.png'), csv('empty.csv', '')])
  const said = uploads.all.map(({ phase }) => (phase.is === 'failed' ? phase.why : ''))
  expect(said).toEqual([
    'empty.csv is empty.',
    'photo.png is no CSV file by its name: it has to end in .csv, .tsv or .txt. Export the table as CSV first.',
  ])
  expect(asked).toEqual([])
  expect(complaintAbout({ name: 'A.TSV', size: 1 })).toBeUndefined()
})

it('what the server finds wrong is said in its words, and can be tried again where it was cut', async () => {
  const wrong = "Row 3 has 2 cells, the header has 3: '1,2'."
  let finished = 0
  answers = (method, path) => {
    if (path.endsWith('/finish'))
      return (finished += 1) === 1 ? problem(400, wrong) : json({ dataset_id: 'd1' })
    if (method === 'GET') return json({ offset: 8 })
    return method === 'POST'
      ? json({ upload_id: 'u1', chunk_bytes: 100 }, 201)
      : json({ offset: 8 })
  }
  const uploads = createUploads()
  const [key = 0] = uploads.add([csv('churn.csv')])
  await vi.waitFor(() => expect(uploads.all[0]!.phase).toEqual({ is: 'failed', why: wrong }))
  asked = []
  uploads.retry(key)
  await vi.waitFor(() => expect(uploads.all[0]!.phase.is).toBe('done'))
  expect(asked[0]).toBe('GET /api/datasets/uploads/u1')
})

it('is called off here and at the server', async () => {
  answers = (method, _path, init) => {
    if (method === 'POST') return json({ upload_id: 'u1', chunk_bytes: 100 }, 201)
    if (method === 'DELETE') return Promise.resolve(new Response(null, { status: 204 }))
    return new Promise((_, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))
    })
  }
  const uploads = createUploads()
  const [key = 0] = uploads.add([csv('churn.csv')])
  await vi.waitFor(() => expect(asked).toContain('PATCH /api/datasets/uploads/u1'))
  await uploads.remove(key)
  expect(uploads.all).toEqual([])
  expect(asked.at(-1)).toBe('DELETE /api/datasets/uploads/u1')
})

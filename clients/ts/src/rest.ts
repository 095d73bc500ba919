/**
 * rest: any of our routes that answers JSON, for pages that come later than the first. Nothing is checked
 * but that the answer is JSON: whoever asks says what it should be, and looks at what matters to it.
 */
import { ProblemError, request } from './http.ts'

/** What goes with a question. */
export interface RestWish {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as it is, instead of `body`: a file. */
  readonly raw?: Blob
  readonly signal?: AbortSignal | undefined
}

/** Asks a route of ours: `rest<Card>('/api/models/churn-v3/card')`. An empty answer is `undefined`. */
export type Rest = <T>(path: string, wish?: RestWish) => Promise<T>

export function createRest(
  origin: string,
  fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init),
): Rest {
  return async <T>(path: string, { method = 'GET', body, raw, signal }: RestWish = {}) => {
    const init: RequestInit = { method, ...(signal ? { signal } : {}) }
    if (raw !== undefined) init.body = raw
    else if (body !== undefined) {
      init.headers = { 'content-type': 'application/json' }
      init.body = JSON.stringify(body)
    }
    const text = await (await request(fetch, origin + path, init).catch(unanswered)).text()
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}

/** Each browser has its own words for a server that is not there, and none is for people. */
function unanswered(error: unknown): never {
  if (!(error instanceof TypeError)) throw error
  throw new Error('The server does not answer.', { cause: error })
}

/** What a refusal says, for people. */
export function reasonOf(error: unknown): string {
  if (error instanceof ProblemError) return error.problem.detail
  if (error instanceof Error && error.name === 'TimeoutError')
    return 'The server did not answer in time. It may still do what was asked.'
  return error instanceof Error ? error.message : String(error)
}

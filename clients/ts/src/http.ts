/**
 * http: our own routes, typed. What comes is checked against the shapes; what fails is a
 * `ProblemError` (the server said why) or whatever `fetch` throws (nobody answered).
 */
import type { Problem, SeriesAnswer, SessionAnswer } from './generated/types.ts'
import type { ProbeResult } from './connection_state.ts'
import { type ShapeName, faultOf, isObject } from './shape.ts'

/** The server's own words (RFC 9457), or ours where something between answered. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'

  constructor(readonly problem: Problem) {
    super(problem.detail)
  }

  get status(): number {
    return this.problem.status
  }
}

export interface SeriesWish {
  readonly names: readonly string[]
  /** Epoch milliseconds, inclusive. */
  readonly from?: number
  /** Epoch milliseconds, exclusive. */
  readonly to?: number
  /** Milliseconds; absent: as fine as 1,000 points allow. */
  readonly step?: number
  readonly signal?: AbortSignal
}

export type Settings = Readonly<Record<string, unknown>>

export interface Api {
  /** Who is asking; a `ProblemError` with status 401 for nobody. */
  session(): Promise<SessionAnswer>
  series(wish: SeriesWish): Promise<SeriesAnswer>
  readonly settings: {
    read(): Promise<Settings>
    /** JSON Merge Patch: null removes. */
    patch(patch: Settings): Promise<Settings>
  }
  signOut(): Promise<void>
  /** Why a socket might not open. */
  probe(): Promise<ProbeResult>
}

/** Bytes that a browser still sends for a page that is left, with room for others (64 KiB in all). */
const OUTLIVES_BYTES = 32_768
/** Longest wait for an answer. */
const TIMEOUT_MS = 10_000

export function createApi(
  origin: string,
  fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init),
): Api {
  const call = (path: string, init?: RequestInit) => request(fetch, origin + path, init)

  const checked = <T>(name: ShapeName, path: string) => asked<T>(fetch, origin, name, path)

  async function object(path: string, init?: RequestInit): Promise<Settings> {
    const answer: unknown = await (await call(path, init)).json()
    if (!isObject(answer)) throw new TypeError(`${path} is no object`)
    return answer
  }

  const session = () => checked<SessionAnswer>('SessionAnswer', '/api/session')

  return {
    session,
    series({ names, from, to, step, signal }) {
      // A comma stands in no name.
      const query = new URLSearchParams({ names: names.join() })
      for (const [key, value] of Object.entries({ from, to, step })) {
        if (value !== undefined) query.set(key, String(Math.round(value)))
      }
      const init = signal ? { signal } : {}
      return asked<SeriesAnswer>(
        fetch,
        origin,
        'SeriesAnswer',
        `/api/series?${query.toString()}`,
        init,
      )
    },
    settings: {
      read: () => object('/api/settings'),
      patch(patch) {
        const body = JSON.stringify(patch)
        return object('/api/settings', {
          method: 'PATCH',
          headers: { 'content-type': 'application/merge-patch+json' },
          body,
          // Whoever chooses something and closes the tab at once has chosen it.
          keepalive: body.length <= OUTLIVES_BYTES,
        })
      },
    },
    async signOut() {
      await call('/api/sign-out', { method: 'POST' })
    },
    async probe() {
      try {
        await session()
        return 'answers'
      } catch (error) {
        if (!(error instanceof ProblemError)) return 'silent'
        return error.status === 401 || error.status === 403 ? 'signed_out' : 'answers'
      }
    },
  }
}

/** An answer of a shape; one of another shape is an error. */
export async function asked<T>(
  fetch: typeof globalThis.fetch,
  origin: string,
  name: ShapeName,
  path: string,
  init?: RequestInit,
): Promise<T> {
  const answer: unknown = await (await request(fetch, origin + path, init)).json()
  const fault = faultOf(name, answer)
  if (fault !== undefined) throw new TypeError(`${path}: ${fault}`)
  return answer as T // just checked; `name` is the shape generated with `T`
}

/** Throws a `ProblemError` for any answer that is no success. */
export async function request(
  fetch: typeof globalThis.fetch,
  address: string,
  init: RequestInit = {},
  timeoutMs = TIMEOUT_MS,
): Promise<Response> {
  const late = AbortSignal.timeout(timeoutMs)
  const signal = init.signal ? AbortSignal.any([init.signal, late]) : late
  const response = await fetch(address, { credentials: 'same-origin', ...init, signal })
  if (!response.ok) throw new ProblemError(await problemOf(response))
  return response
}

async function problemOf(response: Response): Promise<Problem> {
  const { status } = response
  const answer: unknown = await response.json().catch(() => undefined)
  if (faultOf('Problem', answer) === undefined) return answer as Problem // just checked
  const detail = `The server answered ${status} without saying why.`
  return { type: 'about:blank', title: response.statusText, status, detail, message: detail }
}

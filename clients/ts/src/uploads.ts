/**
 * uploads: sends a file in pieces, so that a cut costs one piece and not the file. The server says how
 * much it has; whoever lost the connection asks it, and goes on from there. Enters: a file. Leaves: the
 * dataset that it became, or a `ProblemError` with what is wrong with it.
 */
import { ProblemError, request } from './http.ts'
import { isObject } from './shape.ts'

/** What of a `File` is needed. */
export interface Sendable {
  readonly name: string
  readonly size: number
  slice(from: number, to: number): Blob
}

export interface UploadOptions {
  readonly fetch?: typeof globalThis.fetch
  /** An upload that was begun before, of the same file. */
  readonly resume?: string | undefined
  readonly signal?: AbortSignal
  /** The upload has an id: its state is published under it. */
  readonly onBegun?: (id: string) => void
  /** Bytes that the server has. */
  readonly onSent?: (bytes: number) => void
  /** The connection is cut, and is tried again after so long. */
  readonly onCut?: (retryMs: number) => void
  /** Time for a connection to come back; handed in by tests. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>
}

/** A piece that the server did not ask to be smaller. */
const PIECE_BYTES = 4 * 1_024 * 1_024
const PIECE_TIMEOUT_MS = 180_000
/** Reading and judging a file of gigabytes takes its time. */
const FINISH_TIMEOUT_MS = 1_800_000
/** 0.5 s, 1 s, 2 s … at most 15 s; given up after so many in a row without a byte. */
const FIRST_WAIT_MS = 500
const LONGEST_WAIT_MS = 15_000
const ATTEMPTS = 12

const UPLOADS = '/api/datasets/uploads'

interface Begun {
  readonly id: string
  readonly offset: number
  readonly pieceBytes: number
}

/** Resolves with the id of the dataset; rejects when it is called off, refused or given up. */
export async function uploadFile(
  origin: string,
  file: Sendable,
  options: UploadOptions = {},
): Promise<string> {
  const { signal, wait = pause } = options
  const fetch: typeof globalThis.fetch =
    options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  let failures = 0

  async function ask(path: string, init: RequestInit, timeoutMs: number): Promise<object> {
    const own = signal ? { ...init, signal } : init
    const answer: unknown = await (await request(fetch, origin + path, own, timeoutMs)).json()
    return isObject(answer) ? answer : {}
  }

  /** Asks until there is an answer: a cut, an overload and a restart pass. */
  async function insist<T>(run: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await run()
      } catch (error) {
        failures += 1
        if (signal?.aborted || !passes(error) || failures >= ATTEMPTS) throw error
        const retryMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1))
        options.onCut?.(retryMs)
        await wait(retryMs, signal)
      }
    }
  }

  async function begin(): Promise<Begun> {
    const answer = await ask(
      UPLOADS,
      json('POST', { file_name: file.name, size_bytes: file.size }),
      PIECE_TIMEOUT_MS,
    )
    const id = 'upload_id' in answer ? String(answer.upload_id) : ''
    if (id === '') throw new TypeError(`${UPLOADS} answered without an upload_id`)
    return { id, offset: 0, pieceBytes: numberOf(answer, 'chunk_bytes') ?? PIECE_BYTES }
  }

  const pathOf = (id: string): string => `${UPLOADS}/${encodeURIComponent(id)}`

  async function offsetOf(id: string): Promise<number> {
    const answer = await ask(pathOf(id), {}, PIECE_TIMEOUT_MS)
    return numberOf(answer, 'offset') ?? 0
  }

  async function goOn(id: string): Promise<Begun | undefined> {
    try {
      return { id, offset: await insist(() => offsetOf(id)), pieceBytes: PIECE_BYTES }
    } catch (error) {
      if (error instanceof ProblemError && error.status === 404) return undefined
      throw error
    }
  }

  const known = options.resume === undefined ? undefined : await goOn(options.resume)
  const { id, offset, pieceBytes } = known ?? (await insist(begin))
  options.onBegun?.(id)
  let sent = offset
  options.onSent?.(sent)

  while (sent < file.size) {
    const from = sent
    const to = Math.min(file.size, from + pieceBytes)
    try {
      const answer = await ask(
        pathOf(id),
        {
          method: 'PATCH',
          headers: {
            'content-type': 'application/offset+octet-stream',
            'upload-offset': String(from),
          },
          body: file.slice(from, to),
        },
        PIECE_TIMEOUT_MS,
      )
      sent = numberOf(answer, 'offset') ?? to
      failures = 0
    } catch (error) {
      // Nobody knows how much of the piece came through: the server says, once it can be asked.
      const elsewhere = error instanceof ProblemError && error.status === 409
      if (signal?.aborted || !(elsewhere || passes(error))) throw error
      let first = !elsewhere
      sent = await insist(() => {
        if (!first) return offsetOf(id)
        first = false
        throw error
      })
      if (elsewhere && sent <= from && (failures += 1) >= ATTEMPTS) throw error
    }
    options.onSent?.(sent)
  }

  const done = await insist(() => ask(`${pathOf(id)}/finish`, json('POST', {}), FINISH_TIMEOUT_MS))
  return 'dataset_id' in done ? String(done.dataset_id) : id
}

/** Takes an upload back; what is not there any more needs no taking back. */
export async function dropUpload(
  origin: string,
  id: string,
  fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init),
): Promise<void> {
  const path = `${origin}${UPLOADS}/${encodeURIComponent(id)}`
  try {
    await request(fetch, path, { method: 'DELETE' })
  } catch (error) {
    if (!(error instanceof ProblemError && error.status === 404)) throw error
  }
}

/** Whether it may be otherwise in a moment: nobody answered, or the server is too busy or going down. */
function passes(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return true
  return error.status === 429 || error.status === 408 || error.status >= 502
}

function numberOf(answer: object, field: string): number | undefined {
  const value: unknown = Object.entries(answer).find(([key]) => key === field)?.[1]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function json(method: string, body: object): RequestInit {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason instanceof Error ? signal.reason : new Error('called off'))
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal?.addEventListener('abort', stop, { once: true })
  })
}

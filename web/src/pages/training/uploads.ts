/**
 * uploads: files on their way to the server. They outlive the page that they were dropped on: leaving it
 * cancels nothing, and a cut is mended by itself. Enters: files. Leaves: how far each is, and the id of
 * the dataset that it became.
 */

import { reactive, shallowRef } from 'vue'
import { polite } from '../../components/speech'
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- not part of the first load
import { reasonOf } from '../../live/rest'
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- not part of the first load
import { dropUpload, uploadFile } from '../../live/uploads'

export type UploadPhase =
  | { readonly is: 'sending' }
  /** The connection is cut; tried again by itself. */
  | { readonly is: 'cut'; readonly retryMs: number }
  /** All is sent: the server reads and judges it. */
  | { readonly is: 'reading' }
  | { readonly is: 'done'; readonly dataset: string }
  | { readonly is: 'failed'; readonly why: string }

export interface Upload {
  readonly key: number
  readonly file: File
  /** What the server calls it, once it does. */
  readonly id?: string
  readonly sentBytes: number
  readonly phase: UploadPhase
}

const READABLE = /\.(csv|tsv|txt)$/i

/** What can be said of a file without sending it. */
export function complaintAbout(file: { name: string; size: number }): string | undefined {
  if (!READABLE.test(file.name))
    return `${file.name} is no CSV file by its name: it has to end in .csv, .tsv or .txt. Export the table as CSV first.`
  if (file.size === 0) return `${file.name} is empty.`
  return undefined
}

export function isOnItsWay({ phase }: Upload): boolean {
  return phase.is === 'sending' || phase.is === 'cut' || phase.is === 'reading'
}

/** Which upload of the server belongs to which file, for as long as the tab lives. */
const MEMORY = 'bellwether.uploads'

function fingerprint({ name, size, lastModified }: File): string {
  return `${name}|${size}|${lastModified}`
}

function remembered(): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(MEMORY) ?? '{}')
    if (typeof kept !== 'object' || kept === null) return {}
    return Object.fromEntries(Object.entries(kept).filter(([, id]) => typeof id === 'string'))
  } catch {
    return {}
  }
}

function remember(file: File, id: string | undefined): void {
  const others = Object.entries(remembered()).filter(([key]) => key !== fingerprint(file))
  const own = id === undefined ? [] : [[fingerprint(file), id]]
  const kept: unknown = Object.fromEntries([...others, ...own])
  try {
    sessionStorage.setItem(MEMORY, JSON.stringify(kept))
  } catch {
    // A browser that keeps nothing: a reload begins the upload anew.
  }
}

export function createUploads() {
  const all = shallowRef<readonly Upload[]>([])
  const aborts = new Map<number, AbortController>()
  let lastKey = 0

  function change(key: number, patch: Partial<Upload>): void {
    all.value = all.value.map((one) => (one.key === key ? { ...one, ...patch } : one))
  }

  async function run(key: number, file: File): Promise<void> {
    const abort = new AbortController()
    aborts.set(key, abort)
    change(key, { phase: { is: 'sending' } })
    try {
      const dataset = await uploadFile(window.location.origin, file, {
        resume: remembered()[fingerprint(file)],
        signal: abort.signal,
        onBegun: (id) => {
          remember(file, id)
          change(key, { id })
        },
        onSent: (sentBytes) =>
          change(key, {
            sentBytes,
            phase: { is: sentBytes < file.size ? 'sending' : 'reading' },
          }),
        onCut: (retryMs) => change(key, { phase: { is: 'cut', retryMs } }),
      })
      remember(file, undefined)
      change(key, { sentBytes: file.size, phase: { is: 'done', dataset } })
      polite.add(`${file.name} is uploaded.`)
    } catch (error) {
      if (abort.signal.aborted) return
      change(key, { phase: { is: 'failed', why: reasonOf(error) } })
      polite.add(`${file.name} could not be used: ${reasonOf(error)}`)
    } finally {
      aborts.delete(key)
    }
  }

  /** Keys of what was added, in order. */
  function add(files: Iterable<File>): number[] {
    const keys: number[] = []
    for (const file of files) {
      lastKey += 1
      const key = lastKey
      keys.push(key)
      const why = complaintAbout(file)
      const phase: UploadPhase = why === undefined ? { is: 'sending' } : { is: 'failed', why }
      all.value = [{ key, file, sentBytes: 0, phase }, ...all.value]
      if (why === undefined) void run(key, file)
    }
    return keys
  }

  function retry(key: number): void {
    const one = all.value.find((upload) => upload.key === key)
    if (one && !aborts.has(key)) void run(key, one.file)
  }

  /** Called off, or put away when it is over. */
  async function remove(key: number): Promise<void> {
    const one = all.value.find((upload) => upload.key === key)
    all.value = all.value.filter((upload) => upload.key !== key)
    if (!one || !isOnItsWay(one)) return
    aborts.get(key)?.abort()
    remember(one.file, undefined)
    // What stays there in spite of this expires by itself.
    if (one.id !== undefined)
      await dropUpload(window.location.origin, one.id).catch(() => undefined)
  }

  return reactive({ all, add, retry, remove })
}

let uploads: ReturnType<typeof createUploads> | undefined

/** Those of this page. */
export function useUploads(): ReturnType<typeof createUploads> {
  uploads ??= createUploads()
  return uploads
}

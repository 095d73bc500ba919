/**
 * stream_transport: `bellwether.v1` by Server-Sent Events, where no WebSocket comes through. What is
 * asked for is part of the address, so a new wish opens a new stream that goes on where the one before
 * was. By `fetch` and not by `EventSource`, which tells neither the status of a refusal nor that a
 * comment came (the only sign of life of a quiet stream), comes back by its own rules, and is missing
 * in Node.
 */
import { EventReader, type ServerEvent } from './event_source.ts'
import { isObject } from './shape.ts'
import {
  type Link,
  NO_ANSWER,
  SIGN_IN_AGAIN,
  type Transport,
  type TransportEvents,
} from './transport.ts'
import { Wishes } from './wishes.ts'

/** What the server says where the place in its topics grew too long for a stream: polling can. */
const TOO_BIG = 1009

export function streamTransport(origin: string, fetch: typeof globalThis.fetch): Transport {
  return {
    way: 'stream',
    name: 'Server-Sent Events',
    open: (events) => new StreamLink(origin, fetch, events),
  }
}

class StreamLink implements Link {
  readonly #wishes = new Wishes()
  #abort = new AbortController()
  #over = false
  #welcomed = false
  /** Requests are answered one after the other, each by a stream of its own. */
  #turn: Promise<void>

  constructor(
    private readonly origin: string,
    private readonly fetch: typeof globalThis.fetch,
    private readonly events: TransportEvents,
  ) {
    this.#turn = this.#open().then(() => undefined)
  }

  send(text: string): void {
    const request: unknown = JSON.parse(text)
    if (!isObject(request) || (request.op !== 'subscribe' && request.op !== 'unsubscribe')) return
    this.#turn = this.#turn.then(async () => {
      if (this.#over) return
      const undo = this.#wishes.apply(request)
      const { id } = request
      const refused = await this.#open()
      if (refused === undefined) {
        this.#say({ op: 'ok', id })
        return
      }
      undo()
      await this.#open()
      this.#say({ op: 'error', id, code: 'bad_topic', detail: refused })
    })
  }

  close(): void {
    this.#over = true
    this.#abort.abort()
  }

  /** Opens a stream in place of the one before. Gives the reason where the server refuses the wish. */
  async #open(): Promise<string | undefined> {
    this.#abort.abort()
    const abort = (this.#abort = new AbortController())
    try {
      const address = `${this.origin}/api/stream?${this.#wishes.query()}`
      const response = await this.fetch(address, {
        credentials: 'same-origin',
        headers: { accept: 'text/event-stream' },
        signal: abort.signal,
      })
      if (response.status === 400) return await detailOf(response)
      if (response.status === 401 || response.status === 403) this.#end(SIGN_IN_AGAIN, 'signed out')
      else if (!response.ok || !response.body) this.#end(NO_ANSWER, `status ${response.status}`)
      else void this.#read(response.body, abort)
    } catch (error) {
      if (!abort.signal.aborted) this.#end(NO_ANSWER, String(error))
    }
    return undefined
  }

  async #read(body: ReadableStream<Uint8Array>, abort: AbortController): Promise<void> {
    const reader = new EventReader()
    const pieces = body.getReader()
    const decoder = new TextDecoder()
    try {
      for (;;) {
        const { done, value } = await pieces.read()
        // One in place of this one goes on where this one is now: what comes later comes there.
        if (abort.signal.aborted) return
        if (done) break
        this.events.alive()
        reader.read(decoder.decode(value, { stream: true }), (event) => this.#receive(event))
      }
      this.#end(NO_ANSWER, 'the stream ended')
    } catch (error) {
      if (!abort.signal.aborted) this.#end(NO_ANSWER, String(error))
    }
  }

  #receive({ name, data }: ServerEvent): void {
    if (this.#over) return
    if (name === 'bye') {
      const advice: unknown = parsed(data)
      const code = isObject(advice) && typeof advice.code === 'number' ? advice.code : NO_ANSWER
      const reason = isObject(advice) ? String(advice.reason) : ''
      this.#end(code === TOO_BIG ? NO_ANSWER : code, reason)
    } else if (name === 'message') {
      this.#wishes.note(parsed(data))
      this.events.message(data)
    } else if (name === 'welcome' && !this.#welcomed) {
      this.#welcomed = true
      this.events.message(data)
    }
  }

  #say(message: object): void {
    if (!this.#over) this.events.message(JSON.stringify(message))
  }

  #end(code: number, reason: string): void {
    if (this.#over) return
    this.close()
    this.events.closed(code, reason)
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function detailOf(response: Response): Promise<string> {
  const problem: unknown = await response.json().catch(() => undefined)
  return isObject(problem) ? String(problem.detail) : 'the server refuses it'
}

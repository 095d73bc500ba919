/**
 * proxy: what may stand between a client and the server. It refuses upgrades, refuses streams or holds
 * them back, delays, stops reading, cuts what is open, now or in the middle of an answer, and answers
 * nothing at all: each as it is told.
 */
import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
  request,
} from 'node:http'
import { type AddressInfo, type Socket, connect } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { Relay } from './relay.ts'

/** Something open that carries signals: a WebSocket, a stream, the answer to a poll. */
export type Carrier = 'socket' | 'stream' | 'poll'

export class Proxy {
  /** What becomes of WebSockets. */
  sockets: 'pass' | 'refuse' = 'pass'
  /** What becomes of streams: one that is held back is read and never passed on. */
  streams: 'pass' | 'refuse' | 'hold' = 'pass'
  /** Nothing gets through: connections end at once. */
  dead = false
  /** Each piece of an answer comes that much later, in milliseconds. */
  delayMs = 0
  /** Method and path of each request, upgrades too, in order. */
  readonly seen: string[] = []
  /** How many of each were cut. */
  readonly cuts: Record<Carrier, number> = { socket: 0, stream: 0, poll: 0 }
  readonly #open = new Set<Duplex>()
  readonly #relays = new Map<Relay, Carrier>()
  /** Runs when so many bytes more have come for carriers. */
  #fuse: { bytes: number; burn: () => void } | undefined

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (socket) => {
      if (this.dead) socket.destroy()
      else this.#keep(socket)
    })
    server.on('request', (asked, answer) => this.#request(asked, answer))
    server.on('upgrade', (asked, socket, head) => this.#upgrade(asked, socket, head))
  }

  static async start(target: string): Promise<Proxy> {
    const server = createServer()
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    return new Proxy(server, new URL(target))
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** How many requests of a path were seen. */
  count(path: string): number {
    return this.seen.filter((one) => one.split(' ')[1]?.startsWith(path)).length
  }

  /** Cuts everything that is open, without a word. */
  cut(): void {
    for (const carrier of this.#relays.values()) this.cuts[carrier] += 1
    this.#relays.clear()
    for (const socket of [...this.#open]) socket.destroy()
  }

  /** Cuts when the byte after so many has come for a client, most likely in the middle of a message. */
  cutAfter(bytes: number): Promise<void> {
    return new Promise((burnt) => {
      this.#fuse = {
        bytes,
        burn: () => {
          this.#fuse = undefined
          this.cut()
          burnt()
        },
      }
    })
  }

  /** Whether something of a kind is open. */
  carries(carrier: Carrier): boolean {
    return [...this.#relays.values()].includes(carrier)
  }

  /** Stops reading what is open from the server, until it is told otherwise. */
  set stalled(stalled: boolean) {
    for (const relay of this.#relays.keys()) relay.stalled = stalled
  }

  async stop(): Promise<void> {
    this.dead = true
    const stopped = new Promise((done) => this.server.close(done))
    this.cut()
    await stopped
  }

  #keep(socket: Duplex): void {
    this.#open.add(socket)
    socket.on('close', () => this.#open.delete(socket))
    socket.on('error', () => socket.destroy())
  }

  #request(asked: IncomingMessage, answer: ServerResponse): void {
    const path = asked.url ?? '/'
    this.seen.push(`${asked.method ?? ''} ${path}`)
    const isStream = path.startsWith('/api/stream')
    const streams = isStream ? this.streams : 'pass'
    if (streams === 'refuse') {
      answer.writeHead(502).end('no streams here')
      return
    }
    const { hostname: host, port } = this.target
    const onward = request(
      { host, port, path, method: asked.method, headers: asked.headers },
      (came) => {
        if (streams === 'hold') {
          came.resume()
          return
        }
        const carrier = isStream ? 'stream' : path.startsWith('/api/topics') ? 'poll' : undefined
        this.#relay(carrier, came, {
          begin: () => answer.writeHead(came.statusCode ?? 502, came.headers).flushHeaders(),
          write: (piece) => void answer.write(piece),
          end: () => void answer.end(),
          over: (done) => answer.on('close', done),
        })
        came.on('error', () => answer.destroy())
      },
    )
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    asked.pipe(onward)
  }

  #upgrade(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.seen.push(`UPGRADE ${asked.url ?? '/'}`)
    this.#keep(socket)
    if (this.sockets === 'refuse') {
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
      return
    }
    const onward: Socket = connect(Number(this.target.port), this.target.hostname, () => {
      const lines = asked.rawHeaders.flatMap((word, i, all) =>
        i % 2 === 0 ? `${word}: ${all[i + 1] ?? ''}` : [],
      )
      onward.write([`GET ${asked.url ?? '/'} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
      onward.write(head)
      this.#relay('socket', onward, {
        begin: () => undefined,
        write: (piece) => void socket.write(piece),
        end: () => socket.end(),
        over: (done) => socket.on('close', done),
      })
      socket.pipe(onward)
    })
    this.#keep(onward)
    socket.on('close', () => onward.destroy())
    onward.on('close', () => socket.destroy())
  }

  /** Passes an answer on, late, cut or not at all, as it is told. */
  #relay(
    carrier: Carrier | undefined,
    from: Readable,
    to: {
      begin: () => void
      write: (piece: Buffer) => void
      end: () => void
      over: (done: () => void) => void
    },
  ): void {
    const relay = new Relay(from, () => this.delayMs)
    if (carrier) {
      this.#relays.set(relay, carrier)
      to.over(() => this.#relays.delete(relay))
    }
    let severed = false
    relay.later(to.begin)
    from.on('data', (piece: Buffer) => {
      if (severed) return
      const fuse = carrier && this.#fuse
      if (fuse && piece.length > fuse.bytes) {
        // What came before the cut gets through.
        if (fuse.bytes > 0) relay.later(() => to.write(piece.subarray(0, fuse.bytes)))
        this.#fuse = undefined
        severed = true
        relay.later(() => setImmediate(fuse.burn))
        return
      }
      if (fuse) fuse.bytes -= piece.length
      relay.later(() => to.write(piece))
    })
    from.on('end', () => {
      if (!severed) relay.later(to.end)
    })
  }
}

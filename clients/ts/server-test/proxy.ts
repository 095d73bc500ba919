/**
 * proxy: what may stand between a client and the server. It refuses upgrades, refuses streams or holds
 * them back, delays, cuts what is open, and answers nothing at all: each as it is told.
 */
import {
  type IncomingMessage,
  type Server,
  type ServerResponse,
  createServer,
  request,
} from 'node:http'
import { type AddressInfo, type Socket, connect } from 'node:net'
import type { Duplex } from 'node:stream'

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
  readonly #open = new Set<Duplex>()

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
    for (const socket of [...this.#open]) socket.destroy()
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
    const streams = path.startsWith('/api/stream') ? this.streams : 'pass'
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
        this.#later(() => answer.writeHead(came.statusCode ?? 502, came.headers).flushHeaders())
        came.on('data', (piece) => this.#later(() => answer.write(piece)))
        came.on('end', () => this.#later(() => answer.end()))
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
      onward.on('data', (piece) => this.#later(() => socket.write(piece)))
      onward.on('end', () => this.#later(() => socket.end()))
      socket.pipe(onward)
    })
    this.#keep(onward)
    socket.on('close', () => onward.destroy())
    onward.on('close', () => socket.destroy())
  }

  /** In order: timers of the same delay keep theirs. */
  #later(run: () => void): void {
    if (this.delayMs === 0) run()
    else setTimeout(run, this.delayMs)
  }
}

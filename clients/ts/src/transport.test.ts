import { expect, test } from 'vitest'
import { connectTo } from './connect_to.ts'
import { type SocketLike, webSocketTransport } from './transport.ts'

class FakeSocket implements SocketLike {
  readonly sent: string[] = []
  closed = false
  private readonly listeners = new Map<string, (event: never) => void>()

  send(text: string): void {
    this.sent.push(text)
  }

  close(): void {
    this.closed = true
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.listeners.set(type, listener)
  }

  fire(type: string, event: object = {}): void {
    this.listeners.get(type)?.(event as never)
  }
}

test('texts and the end are passed on, nothing after it was given up', () => {
  const socket = new FakeSocket()
  const told: unknown[] = []
  const transport = webSocketTransport('ws://test/ws', (address, protocol) => {
    told.push([address, protocol])
    return socket
  })
  const events = {
    message: (text: string) => told.push(text),
    alive: () => undefined,
    closed: (code: number, reason: string) => told.push([code, reason]),
  }
  transport.open(events)
  socket.fire('message', { data: 'one' })
  socket.fire('message', { data: new ArrayBuffer(1) })
  socket.fire('error')
  socket.fire('close', { code: 1006, reason: '' })
  socket.fire('message', { data: 'late' })
  expect(told).toEqual([['ws://test/ws', 'bellwether.v1'], 'one', [1006, '']])

  const link = transport.open(events)
  link.send('two')
  link.close()
  socket.fire('close', { code: 1000, reason: '' })
  expect(socket.sent).toEqual(['two'])
  expect(socket.closed).toBe(true)
  expect(told).toHaveLength(4)
})

test('the address of the socket follows that of the page', () => {
  const check = (origin: string, expected: string) => {
    const addresses: string[] = []
    const { client } = connectTo(origin, {
      makeSocket: (address) => {
        addresses.push(address)
        return new FakeSocket()
      },
    })
    client.connect()
    client.close()
    expect(addresses).toEqual([expected])
  }
  check('http://127.0.0.1:8420', 'ws://127.0.0.1:8420/ws')
  check('https://bell.example', 'wss://bell.example/ws')
  check('http://[::1]:1', 'ws://[::1]:1/ws')
})

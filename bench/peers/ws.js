/**
 * The package `ws` on Node, publishing in the obvious way: a set of sockets a topic, one send each.
 */
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const topics = new Map()
const server = createServer()
const sockets = new WebSocketServer({ server, perMessageDeflate: process.env.DEFLATE === '1' })

sockets.on('connection', (socket, request) => {
  const [, what, count] = request.url.split('/')
  if (what === 'publish') {
    socket.on('message', (bytes) => {
      const readers = topics.get(bytes.toString('latin1', 0, 4)) ?? []
      const message = bytes.subarray(4)
      for (const reader of readers) {
        if (reader.readyState === reader.OPEN) reader.send(message, { binary: false })
      }
    })
    return
  }
  const mine = []
  for (let topic = 0; topic < Number(count); topic += 1) {
    const name = String(topic).padStart(4, '0')
    const readers = topics.get(name) ?? new Set()
    readers.add(socket)
    topics.set(name, readers)
    mine.push(readers)
  }
  socket.on('close', () => mine.forEach((readers) => readers.delete(socket)))
  socket.on('error', () => undefined) // a close follows
})

server.listen(Number(process.env.PORT), '127.0.0.1', 4096)

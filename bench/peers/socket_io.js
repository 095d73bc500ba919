/** Socket.IO on Node: a room a topic. */
import { createServer } from 'node:http'
import { Server } from 'socket.io'

const http = createServer()
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: process.env.DEFLATE === '1',
})

io.on('connection', (socket) => {
  const count = Number(socket.handshake.query.topics ?? 0)
  for (let topic = 0; topic < count; topic += 1) socket.join(String(topic).padStart(4, '0'))
  socket.on('publish', (topic, message) => io.to(topic).emit('message', message))
})

http.listen(Number(process.env.PORT), '127.0.0.1', 4096)

/**
 * Bun's own publish and subscribe. A subscriber's path says how many topics it wants; a publisher's
 * text begins with the four digits of its topic.
 */
/* global Bun */
const topicsOf = (path) => Number(path.split('/')[2] ?? 0)
const deflate = process.env.DEFLATE === '1'

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT),
  fetch(request, bun) {
    const { pathname } = new URL(request.url)
    const publishes = pathname === '/publish'
    if (bun.upgrade(request, { data: { publishes, topics: topicsOf(pathname) } })) return undefined
    return new Response('a WebSocket only', { status: 426 })
  },
  websocket: {
    perMessageDeflate: deflate,
    idleTimeout: 120,
    // Its default of 16 MiB, said aloud: what a client that reads nothing may hold.
    backpressureLimit: 16 * 1024 * 1024,
    open(socket) {
      if (socket.data.publishes) return
      for (let topic = 0; topic < socket.data.topics; topic += 1) {
        socket.subscribe(String(topic).padStart(4, '0'))
      }
    },
    message(socket, text) {
      if (socket.data.publishes) server.publish(text.slice(0, 4), text.slice(4), deflate)
    },
  },
})

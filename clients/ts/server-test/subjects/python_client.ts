/** python_client: the Python client as a process of its own, with waits of milliseconds. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Position } from '../../src/index.ts'
import type { Heard } from '../heard.ts'
import type { Carrier } from '../proxy.ts'
import type { Subject } from './subject.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target')
/** `scripts/python` makes it. */
const python = process.env.BELLWETHER_PYTHON ?? join(target, 'python/bin/python')

type Line =
  | { is: 'event'; topic: string; position: Position; data: unknown }
  | { is: 'state'; topic: string; value: unknown }
  | { is: 'gap'; topic: string; to: Position; reason: string }
  | { is: 'live' | 'polling' | 'connecting' | 'reconnecting' | 'offline' | 'signedout' | 'closed' }

export function pythonClient(carrier: Carrier): Subject {
  return {
    name: `Python client by ${carrier}`,
    carrier,
    async watch(origin, patterns) {
      const hurried = '--shortest-wait-s=0.005 --longest-wait-s=0.15 --poll-s=0.04 --stable-s=0.01'
      const child = spawn(
        python,
        [
          '-m',
          'bellwether_client',
          'watch',
          '--states',
          ...hurried.split(' '),
          origin,
          ...patterns,
        ],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      )
      await once(child, 'spawn')
      const heard: Heard[] = []
      const faults: string[] = []
      let connected = false
      createInterface({ input: child.stderr }).on('line', (line) => faults.push(line))
      createInterface({ input: child.stdout }).on('line', (line) => {
        const said = JSON.parse(line) as Line
        switch (said.is) {
          case 'event':
          case 'state':
          case 'gap':
            heard.push(said)
            break
          case 'live':
          case 'polling':
          case 'connecting':
          case 'reconnecting':
          case 'offline':
          case 'signedout':
          case 'closed':
            connected = said.is === 'live' || said.is === 'polling'
        }
      })
      return {
        heard,
        faults,
        isConnected: () => connected,
        async close() {
          if (child.exitCode !== null) return
          const ended = once(child, 'exit')
          child.kill('SIGINT')
          await ended
        },
      }
    },
  }
}

/**
 * The program under test, as its own process on a free port with a data folder of its own.
 * Enters: options. Leaves: its address, its link, and the power to kill and restart it.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/** Where `cargo build` puts the program. */
const BUILT = join(process.env.CARGO_TARGET_DIR ?? 'target', 'debug', 'bellwether')

export interface Program {
  /** `http://127.0.0.1:PORT`; the same after a restart. */
  readonly url: string
  /** The link that the last start printed: it signs in once. */
  readonly link: string
  /** When the first line was printed, after the spawn. */
  readonly startMs: number
  /** Its process, since the last start. */
  readonly pid: number
  /** SIGKILL, and waits until the process is gone. */
  kill(): Promise<void>
  /** Starts it again on the same port and data folder. */
  restart(): Promise<void>
  /** Ends it as a person would, and removes its data folder. */
  stop(): Promise<void>
}

/** Starts the program and waits until it listens. */
export async function startProgram(): Promise<Program> {
  const binary = resolve(process.env.BELLWETHER_BIN ?? BUILT)
  if (!existsSync(binary)) {
    throw new Error(`no program at ${binary}; build it with: make test, or: cargo build`)
  }
  const data = await mkdtemp(join(tmpdir(), 'bellwether-e2e-'))
  let running = await launch(binary, data, '127.0.0.1:0')
  const url = running.url

  return {
    url,
    get link() {
      return running.link
    },
    get startMs() {
      return running.startMs
    },
    get pid() {
      return running.process.pid ?? 0
    },
    async kill() {
      await end(running.process, 'SIGKILL')
    },
    async restart() {
      running = await launch(binary, data, new URL(url).host)
    },
    async stop() {
      await end(running.process, 'SIGTERM')
      await rm(data, { recursive: true, force: true })
    },
  }
}

interface Running {
  readonly process: ChildProcess
  readonly url: string
  readonly link: string
  readonly startMs: number
}

async function launch(binary: string, data: string, listen: string): Promise<Running> {
  const began = performance.now()
  const program = spawn(binary, ['serve', '--listen', listen, '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log: string[] = []
  createInterface({ input: program.stderr }).on('line', (line) => log.push(line))
  const ended = new Promise<never>((_, reject) => {
    program.once('error', reject)
    program.once('exit', (code, signal) => {
      reject(new Error(`the program ended (${String(code ?? signal)}):\n${log.join('\n')}`))
    })
  })
  ended.catch(() => undefined) // An end that is wanted comes later, when nobody waits for this.

  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]()
  const line = async (): Promise<string> => {
    const next = await Promise.race([lines.next(), ended])
    return next.done === true ? '' : next.value
  }
  const first = await line()
  const startMs = performance.now() - began
  const url = /^listening on (http:\/\/\S+)$/.exec(first)?.[1]
  if (url === undefined) throw new Error(`first line was ${JSON.stringify(first)}`)
  const second = await line()
  const link = /http:\/\/\S+\/sign-in\?code=\S+/.exec(second)?.[0]
  if (link === undefined) throw new Error(`second line was ${JSON.stringify(second)}`)
  return { process: program, url, link, startMs }
}

async function end(program: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return
  const gone = new Promise((resolveGone) => program.once('exit', resolveGone))
  program.kill(signal)
  await gone
}

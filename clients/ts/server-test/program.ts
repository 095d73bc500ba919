/** program: the real server as a process of its own, on a free port, with data in a temporary folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const binary = process.env.BELLWETHER_BIN ?? '../../target/debug/bellwether'

export class Program {
  private constructor(
    private child: ChildProcess,
    private readonly data: string,
    readonly origin: string,
  ) {}

  static async start(): Promise<Program> {
    const data = await mkdtemp(join(tmpdir(), 'bellwether-client-'))
    const { child, origin } = await launch(data, '127.0.0.1:0')
    return new Program(child, data, origin)
  }

  /** Ends it as the kernel would for lack of memory: without a word. */
  async kill(): Promise<void> {
    await end(this.child, 'SIGKILL')
  }

  /** Again, with the same data and on the same port. */
  async restart(): Promise<void> {
    const { child } = await launch(this.data, new URL(this.origin).host)
    this.child = child
  }

  async stop(): Promise<void> {
    await end(this.child, 'SIGTERM')
    await rm(this.data, { recursive: true, force: true })
  }
}

async function launch(
  data: string,
  listen: string,
): Promise<{ child: ChildProcess; origin: string }> {
  const child = spawn(
    binary,
    ['serve', '--listen', listen, '--data', data, '--anonymous', 'admin'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${binary} ended with ${String(code)} before it listened`)
  })
  const lines = createInterface({ input: child.stdout })
  const [line] = (await Promise.race([once(lines, 'line'), failed])) as [string]
  failed.catch(() => undefined)
  const origin = /^listening on (http:\/\/\S+)$/.exec(line)?.[1]
  if (!origin) throw new Error(`the first line says '${line}'`)
  return { child, origin }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

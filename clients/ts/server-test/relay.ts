/**
 * relay: what came from the server on its way to one client. Enters: work in order. Leaves: the same, in
 * the same order, each piece later by the delay that holds when it comes.
 */
import type { Readable } from 'node:stream'

export class Relay {
  readonly #waiting: { readonly at: number; readonly run: () => void }[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(
    private readonly from: Readable,
    private readonly delayMs: () => number,
  ) {}

  /** While it is stalled nothing is read, so that the sender's buffers fill up. */
  set stalled(stalled: boolean) {
    if (stalled) this.from.pause()
    else this.from.resume()
  }

  later(run: () => void): void {
    const delayMs = this.delayMs()
    if (delayMs === 0 && this.#waiting.length === 0) {
      run()
      return
    }
    // Never before what came earlier, also when the delay shrinks.
    const at = Math.max(performance.now() + delayMs, this.#waiting.at(-1)?.at ?? 0)
    this.#waiting.push({ at, run })
    this.#wait()
  }

  #wait(): void {
    const next = this.#waiting[0]
    if (!next || this.#timer) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      while ((this.#waiting[0]?.at ?? Infinity) <= performance.now()) this.#waiting.shift()?.run()
      this.#wait()
    }, next.at - performance.now())
  }
}

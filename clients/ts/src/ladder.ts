/**
 * ladder: which way to the server is tried next. The WebSocket first; where it fails twice although
 * HTTP answers, Server-Sent Events; where those do not come through either, polling. Where nothing
 * answers, it begins at the top: a server that comes back most likely comes back whole.
 */

/** The kinds of ways, best first. */
export type Way = 'socket' | 'stream' | 'poll'

/** Failures, with HTTP answering, that are no accident any more. */
const FAILURES = 2

export class Ladder {
  #way: Way = 'socket'
  #blocked = 0

  get way(): Way {
    return this.#way
  }

  /** A way is open. Whether it holds is not known yet. */
  reach(way: Way): void {
    if (way !== this.#way) this.#blocked = 0
    this.#way = way
  }

  /** The way has held for a while: earlier failures were accidents. */
  settle(): void {
    this.#blocked = 0
  }

  startOver(): void {
    this.#way = 'socket'
    this.#blocked = 0
  }

  /**
   * The way failed although HTTP answers, with or without having been open. Whether another one is
   * next. A stream that does not even begin is not tried twice: a proxy that holds streams back costs
   * ten seconds each time.
   */
  blocked(opened: boolean): boolean {
    this.#blocked += this.#way === 'stream' && !opened ? FAILURES : 1
    if (this.#way === 'poll' || this.#blocked < FAILURES) return false
    this.reach(this.#way === 'socket' ? 'stream' : 'poll')
    return true
  }
}

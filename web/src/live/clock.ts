/**
 * clock: the server's time, once a second, for all who show how old something is. It stands still while
 * the page is hidden, and waits a second after that, so that what comes in first is not called old.
 */
import { type Ref, shallowRef } from 'vue'
import type { Client, Environment } from '@bellwether/client'

const TICK_MS = 1_000

export class Clock {
  readonly now: Ref<number>
  #cancel: () => void = () => undefined

  constructor(
    private readonly client: Pick<Client, 'serverNow'>,
    private readonly environment: Environment,
  ) {
    this.now = shallowRef(client.serverNow())
    this.#schedule()
  }

  stop(): void {
    this.#cancel()
  }

  #schedule(): void {
    this.#cancel = this.environment.after(TICK_MS, () => {
      if (!this.environment.hidden()) this.now.value = this.client.serverNow()
      this.#schedule()
    })
  }
}

/**
 * saver: how much the server sends. As it happens by default, twice as often where somebody watches what
 * cannot come soon enough; every 5 s when somebody wants to save;
 * events only when nobody has looked for half a minute.
 */
import type { Client, Environment } from '@bellwether/client'
import { type Ref, ref } from 'vue'

/** The flush clock of the server, by default. */
const USUAL_MS = 100
const HURRIED_MS = 50
const SAVING_MS = 5_000
/** The longest that the protocol knows. */
const HIDDEN_MS = 10_000
const HIDDEN_AFTER_MS = 30_000

export class Saver {
  readonly on: Ref<boolean> = ref(false)
  readonly intervalMs: Ref<number> = ref(USUAL_MS)
  #hidden = false
  #hurried = 0
  #cancel: () => void = () => undefined
  readonly #stopWakes: () => void

  constructor(
    private readonly client: Pick<Client, 'setIntervalMs' | 'pauseStates'>,
    private readonly environment: Environment,
    /** States come again after they did not: what is missing has to be read. */
    private readonly onBack: () => void,
  ) {
    this.#stopWakes = environment.onWake((why) => {
      if (why === 'hidden') this.#hide()
      else if (why === 'visible') this.#show()
    })
  }

  set(on: boolean): void {
    this.on.value = on
    this.#apply()
  }

  /** From now until what it answers is called, flushes come sooner. */
  hurry(): () => void {
    this.#hurried += 1
    this.#apply()
    return () => {
      this.#hurried -= 1
      this.#apply()
    }
  }

  stop(): void {
    this.#cancel()
    this.#stopWakes()
  }

  #hide(): void {
    this.#cancel()
    this.#cancel = this.environment.after(HIDDEN_AFTER_MS, () => {
      this.#hidden = true
      this.#apply()
    })
  }

  #show(): void {
    this.#cancel()
    if (!this.#hidden) return
    this.#hidden = false
    this.#apply()
    this.onBack()
  }

  #apply(): void {
    const awake = this.#hurried > 0 ? HURRIED_MS : USUAL_MS
    this.intervalMs.value = this.on.value ? SAVING_MS : awake
    this.client.pauseStates(this.#hidden)
    this.client.setIntervalMs(this.#hidden ? HIDDEN_MS : this.intervalMs.value)
  }
}

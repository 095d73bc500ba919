/**
 * frames: what has to be shown is shown once per animation frame, however often it changed. A hidden
 * page gets no frame: the wishes wait, and each is there once.
 */
export class Frames {
  readonly #wishes = new Set<() => void>()
  #due = false
  /** Runs what is due; whoever measures what that takes puts its own around it. */
  around: (flush: () => void) => void = (flush) => flush()

  constructor(private readonly request: (run: () => void) => void) {}

  /** Runs it in the next frame; asking again before then changes nothing. */
  wish(run: () => void): void {
    this.#wishes.add(run)
    if (this.#due) return
    this.#due = true
    this.request(() => this.#flush())
  }

  cancel(run: () => void): void {
    this.#wishes.delete(run)
  }

  #flush(): void {
    this.#due = false
    const wishes = [...this.#wishes]
    this.#wishes.clear()
    this.around(() => {
      for (const run of wishes) run()
    })
  }
}

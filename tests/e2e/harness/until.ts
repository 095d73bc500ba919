/** Waiting for conditions, never for time. */

/**
 * Asks until the answer is not undefined; the deadline only turns "never" into an error. What was
 * waited for may be said at the end, with what was there instead.
 * Between two questions it lets the others work; nothing depends on how long that takes.
 */
export async function until<T>(
  what: string | (() => string),
  ask: () => T | undefined | Promise<T | undefined>,
  deadlineMs = 20_000,
): Promise<T> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > end) {
      const missed = typeof what === 'string' ? what : what()
      throw new Error(`waited ${deadlineMs} ms in vain for ${missed}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

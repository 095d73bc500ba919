/** until: waits for a condition. */
import { vi } from 'vitest'

const PATIENCE_MS = 30_000

export function until(condition: () => unknown, patienceMs = PATIENCE_MS): Promise<void> {
  return vi.waitFor(
    () => {
      if (!condition()) throw new Error(`not within ${patienceMs} ms: ${condition.toString()}`)
    },
    { timeout: patienceMs, interval: 5 },
  )
}

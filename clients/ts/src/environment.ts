/**
 * environment: what the client needs of the world besides the socket. Tests hand in their own.
 */

/** Something happened that makes it worth trying at once. */
export type Wake = 'visible' | 'hidden' | 'online' | 'offline' | 'focus'

export interface Environment {
  /** Wall clock, epoch milliseconds. */
  now(): number
  /** A clock that never jumps, milliseconds. */
  monotonic(): number
  /** Runs something once, later; the answer takes it back. */
  after(ms: number, run: () => void): () => void
  /** In [0, 1). */
  random(): number
  hidden(): boolean
  online(): boolean
  /** Listens for wakes; the answer stops it. */
  onWake(listener: (why: Wake) => void): () => void
}

/** The browser's, or Node's, where there is no document and always a network. */
export function hostEnvironment(): Environment {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
    random: () => Math.random(),
    hidden: () => typeof document !== 'undefined' && document.hidden,
    online: () =>
      typeof navigator === 'undefined' || (navigator as { onLine?: boolean }).onLine !== false,
    onWake(listener) {
      if (typeof document === 'undefined') return () => undefined
      const visibility = () => listener(document.hidden ? 'hidden' : 'visible')
      const wakes = (['online', 'offline', 'focus'] as const).map((why) => {
        const run = () => listener(why)
        window.addEventListener(why, run)
        return () => window.removeEventListener(why, run)
      })
      document.addEventListener('visibilitychange', visibility)
      return () => {
        document.removeEventListener('visibilitychange', visibility)
        for (const stop of wakes) stop()
      }
    },
  }
}

/** subject: whoever is to hear everything: our clients and what browsers bring, on each way. */
import type { Carrier, Proxy } from '../proxy.ts'
import type { Heard } from '../heard.ts'

export interface Subject {
  readonly name: string
  /** What carries its signals where the proxy lets only that through. */
  readonly carrier: Carrier
  /** Begins to hear what topics under these patterns say. */
  watch(origin: string, patterns: readonly string[]): Promise<Watcher>
}

export interface Watcher {
  /** What came, in order; it grows. */
  readonly heard: readonly Heard[]
  /** What should not have happened. */
  readonly faults: readonly string[]
  /** Whether it stands well, as far as it can tell. */
  isConnected(): boolean
  close(): Promise<void>
}

/** Lets only this way through. */
export function allowOnly(proxy: Proxy, carrier: Carrier): void {
  proxy.sockets = carrier === 'socket' ? 'pass' : 'refuse'
  proxy.streams = carrier === 'poll' ? 'refuse' : 'pass'
}

/**
 * link-view: how the state of the connection looks and reads (UX.md section 3, the pill). A plain
 * function, so that every state can be tested without a socket.
 */

import { roughLatency, time } from '../../format/format'
import type { ConnectionState } from '../../live'

export type Look = 'hollow' | 'bars' | 'dot' | 'arrow' | 'cloud' | 'slashed'
export type Tone = 'ok' | 'warn' | 'crit'

export interface LinkView {
  readonly look: Look
  readonly tone: Tone
  /** Filled bars of four, for the quality of a live connection. */
  readonly bars: 0 | 1 | 2 | 3 | 4
  readonly text: string
  /** Whether the page shows something else than the present. */
  readonly trouble: boolean
  /** Whether trying again by hand makes sense. */
  readonly canReconnect: boolean
}

const BARS = { excellent: 4, good: 3, fair: 2, poor: 1 } as const

const quiet = { bars: 0, trouble: true, canReconnect: false } as const

export function linkView(state: ConnectionState, nowMs: number, saver = false): LinkView {
  switch (state.is) {
    case 'connecting':
      return { ...quiet, look: 'hollow', tone: 'warn', text: 'Connecting', trouble: false }
    case 'live': {
      if (state.fallback) {
        return { ...quiet, look: 'dot', tone: 'ok', text: 'Live (fallback)', trouble: false }
      }
      const poor = state.quality === 'poor'
      const text = poor
        ? `Live, slow (${roughLatency(state.latencyMs)})`
        : `${saver ? 'Live, saver' : 'Live'} ${roughLatency(state.latencyMs)}`
      return {
        look: 'bars',
        tone: poor ? 'warn' : 'ok',
        bars: BARS[state.quality],
        text,
        trouble: false,
        canReconnect: false,
      }
    }
    case 'polling': {
      const text = `Offline Mode. Refreshed ${time(state.refreshedAt)} (offline mode)`
      return { ...quiet, look: 'cloud', tone: 'warn', text }
    }
    case 'reconnecting': {
      const seconds = Math.ceil((state.retryAt - nowMs) / 1000)
      const of = Number.isFinite(state.of) ? ` of ${String(state.of)}` : ''
      const when = seconds > 0 ? ` in ${String(seconds)} s` : ''
      const text = `Reconnecting, try ${String(state.attempt)}${of}${when}`
      return { ...quiet, look: 'arrow', tone: 'warn', text }
    }
    case 'offline':
      return { ...quiet, look: 'slashed', tone: 'crit', text: 'Offline', canReconnect: true }
    case 'signed_out':
      return { ...quiet, look: 'slashed', tone: 'crit', text: 'Signed out' }
    case 'closed':
      return { ...quiet, look: 'slashed', tone: 'crit', text: 'Offline', canReconnect: true }
  }
}

/** What the thin bar under the header says while there is trouble. */
export function troubleText(state: ConnectionState, nowMs: number): string {
  switch (state.is) {
    case 'offline':
      return `Offline. ${state.detail}`
    case 'signed_out':
      return 'Signed out. Open a new sign-in link to go on.'
    case 'polling':
      return `${linkView(state, nowMs).text}. What is shown is up to 30 s old.`
    case 'closed':
    case 'connecting':
    case 'live':
    case 'reconnecting':
      return `${linkView(state, nowMs).text}. What is shown is not the present.`
  }
}

/** The same for those who hear it: without what counts, or it would be spoken every second. */
export function spokenTrouble(state: ConnectionState): string {
  switch (state.is) {
    case 'offline':
    case 'signed_out':
      return troubleText(state, 0)
    case 'polling':
      return 'Offline mode. What is shown is up to 30 s old.'
    case 'closed':
      return 'Offline. What is shown is not the present.'
    case 'connecting':
    case 'live':
    case 'reconnecting':
      return 'Reconnecting. What is shown is not the present.'
  }
}

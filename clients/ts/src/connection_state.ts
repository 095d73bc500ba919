/** connection_state: how it stands with the way to the server, as everybody sees it. */

/** From the round trip: under 50, 150 and 300 ms, or more. */
export type Quality = 'excellent' | 'good' | 'fair' | 'poor'

export type ConnectionState =
  | { readonly is: 'connecting' }
  | {
      readonly is: 'live'
      readonly latencyMs: number
      readonly quality: Quality
      /** By Server-Sent Events, because no WebSocket comes through. */
      readonly fallback?: true
    }
  /** Nothing endless comes through: what is shown is as old as the last question. */
  | { readonly is: 'polling'; readonly refreshedAt: number }
  | {
      readonly is: 'reconnecting'
      readonly attempt: number
      readonly of: number
      /** This machine's clock, epoch milliseconds; in the past while the attempt is under way. */
      readonly retryAt: number
    }
  | { readonly is: 'offline'; readonly reason: OfflineReason; readonly detail: string }
  /** The server wants to know again who we are. */
  | { readonly is: 'signed_out' }
  /** Ended from our side. */
  | { readonly is: 'closed' }

export type OfflineReason =
  /** Nothing answered, as often as was tried. */
  | 'no_answer'
  /** The browser has no network; it goes on by itself when there is one. */
  | 'no_network'
  /** The server answers, but no way of those that were given comes through. */
  | 'socket_blocked'
  /** The server ended it and asked not to come back by ourselves. */
  | 'closed_by_server'
  /** One side does not understand the other: trying again would change nothing. */
  | 'protocol'

/** What a question over plain HTTP told about a socket that does not open. */
export type ProbeResult = 'answers' | 'signed_out' | 'silent'

export function qualityOf(latencyMs: number): Quality {
  if (latencyMs < 50) return 'excellent'
  if (latencyMs < 150) return 'good'
  return latencyMs <= 300 ? 'fair' : 'poor'
}

/** Whether what is watched comes, now or with the next poll. */
export function isConnected({ is }: ConnectionState): boolean {
  return is === 'live' || is === 'polling'
}

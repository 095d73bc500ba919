/** `@bellwether/client`: the whole surface. Start at `connectTo`. */
export type * from './generated/types.ts'
export {
  Client,
  type ClientOptions,
  type EventListener,
  type Fault,
  type StateOf,
} from './client.ts'
export { POLL_MS } from './connection.ts'
export { connectTo, type Connected, type ConnectOptions } from './connect_to.ts'
export {
  type ConnectionState,
  isConnected,
  type OfflineReason,
  type ProbeResult,
  type Quality,
} from './connection_state.ts'
export { type Environment, hostEnvironment, type Wake } from './environment.ts'
export { glance, type Glance } from './glance.ts'
export type { Event } from './held.ts'
export { type Api, createApi, ProblemError, type SeriesWish, type Settings } from './http.ts'
export type { EventsWish, Ledger, PastEvent, PastEvents } from './ledger.ts'
export {
  type EventOf,
  type EventTopic,
  matches,
  type PayloadOf,
  type StateTopic,
} from './topics.ts'
export {
  type Link,
  type SocketFactory,
  type SocketLike,
  type Transport,
  type TransportEvents,
  webSocketTransport,
} from './transport.ts'

/** live: everything on the page that comes from the server while it happens. The whole surface. */
export {
  type ConnectionState,
  type OfflineReason,
  type PayloadOf,
  ProblemError,
  type Role,
  type SessionAnswer,
  type StateTopic,
  type Unit,
} from '@bellwether/client'
export { type Age, ageOf, useAge, useInterval, useServerNow } from './age'
export { type Fill, useConnection } from './connection_log'
export { type LiveEvent, useEvents } from './events'
export { createLive, type Live, type LiveOptions, useLive } from './live'
export { once } from './once'
export {
  boundsOf,
  DEFAULT_RANGE,
  formatRange,
  parseRange,
  sameRange,
  shiftRange,
  type TimeRange,
  WINDOWS,
  zoomRange,
} from './range'
export { type SeriesView, useSeries } from './series'
export type { SeriesState } from './series_book'
export { seriesName } from './series_name'
export { useHeld, useTimeRange } from './time_range'
export { useTopic, useTopics } from './use_topic'

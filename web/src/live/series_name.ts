/**
 * series_name: a series is named by its topic and the path of the field in it, each key encoded as a
 * segment of a topic: `host/web-1/disks/filesystems/%2Fdata/used_percent` (crates/signal, series.rs).
 */

/** How many segments a topic has, by its first. */
const TOPIC_SEGMENTS: Readonly<Record<string, number>> = {
  host: 3,
  machine: 3,
  model: 3,
  training: 3,
  dataset: 3,
  system: 2,
}

/** Topics of users' own signals have any number of segments: how many is known from who made the name. */
const own = new Map<string, number>()

export interface SeriesName {
  readonly topic: string
  readonly path: readonly string[]
}

/** `seriesName('host/web-1/disks', 'filesystems', '/data', 'used_percent')`: keys as they are. */
export function seriesName(topic: string, ...path: string[]): string {
  const name = [topic, ...path.map(encodeSegment)].join('/')
  if (topic.startsWith('app/')) own.set(name, topic.split('/').length)
  return name
}

/** Throws for a name that is none: names come from our own code. */
export function parseSeriesName(name: string): SeriesName {
  const segments = name.split('/')
  const length = TOPIC_SEGMENTS[segments[0] ?? ''] ?? own.get(name) ?? Infinity
  if (segments.length <= length) throw new Error(`'${name}' names no series`)
  return {
    topic: segments.slice(0, length).join('/'),
    path: segments.slice(length).map(decodeURIComponent),
  }
}

/** The number at the end of a path, or NaN: unknown. */
export function numberAt(payload: unknown, path: readonly string[]): number {
  let here = payload
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return NaN
    here = (here as Readonly<Record<string, unknown>>)[key]
  }
  return typeof here === 'number' ? here : NaN
}

/** Everything but unreserved characters (RFC 3986) and `:`, as the server does. */
function encodeSegment(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%3A', ':')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

/**
 * topics: what is published where. A new payload is a line in `STATES` or `EVENTS` and one in the
 * type below it; patterns match as on the server (MQTT 5.0, section 4.7, with `*` and `**`).
 */
import type {
  Activity,
  Alert,
  Battery,
  Cgroups,
  Commands,
  Cpu,
  DatasetProfile,
  DatasetUpload,
  Disks,
  GatewayMetrics,
  HostSummary,
  Memory,
  ModelDrift,
  ModelMetrics,
  ModelStatus,
  Network,
  Prediction,
  PredictionVolume,
  Pressure,
  ProcessEvent,
  Processes,
  Sensors,
  SystemClients,
  SystemHealth,
  SystemMetrics,
  TrainingProgress,
  TrainingStatus,
  Users,
} from './generated/types.ts'
import type { ShapeName } from './shape.ts'

const STATES: readonly (readonly [pattern: string, shape: ShapeName])[] = [
  ['host/*/summary', 'HostSummary'],
  ['host/*/cpu', 'Cpu'],
  ['host/*/memory', 'Memory'],
  ['host/*/disks', 'Disks'],
  ['host/*/network', 'Network'],
  ['host/*/pressure', 'Pressure'],
  ['host/*/processes', 'Processes'],
  ['host/*/commands', 'Commands'],
  ['host/*/sensors', 'Sensors'],
  ['host/*/battery', 'Battery'],
  ['host/*/cgroups', 'Cgroups'],
  ['host/*/users', 'Users'],
  ['system/metrics', 'SystemMetrics'],
  ['system/health', 'SystemHealth'],
  ['system/gateway', 'GatewayMetrics'],
  ['system/clients', 'SystemClients'],
]

const EVENTS: readonly (readonly [pattern: string, shape: ShapeName])[] = [
  ['host/*/process', 'ProcessEvent'],
  ['activity', 'Activity'],
]

interface HostStates {
  summary: HostSummary
  cpu: Cpu
  memory: Memory
  disks: Disks
  network: Network
  pressure: Pressure
  processes: Processes
  commands: Commands
  sensors: Sensors
  battery: Battery
  cgroups: Cgroups
  users: Users
}

interface SystemStates {
  metrics: SystemMetrics
  health: SystemHealth
  gateway: GatewayMetrics
  clients: SystemClients
}

/**
 * What models, trainings, datasets and alerts say. Only typed, not checked when it comes: shapes are part
 * of every page's first load, and few pages show these.
 */
interface Unchecked {
  [dataset: `dataset/${string}/upload`]: DatasetUpload
  [dataset: `dataset/${string}/profile`]: DatasetProfile
  [run: `training/${string}/status`]: TrainingStatus
  [run: `training/${string}/progress`]: TrainingProgress
  [model: `model/${string}/status`]: ModelStatus
  [model: `model/${string}/metrics`]: ModelMetrics
  [model: `model/${string}/drift`]: ModelDrift
  [alert: `alert/${string}`]: Alert
}

/** Topics of which the latest value counts, and patterns of such; `app/` holds what users publish. */
export type StateTopic =
  | `host/${string}/${keyof HostStates}`
  | `system/${keyof SystemStates}`
  | keyof Unchecked
  | `app/${string}`

/** What a state topic holds. */
export type PayloadOf<T extends StateTopic> = T extends `host/${string}/${infer Part}`
  ? Part extends keyof HostStates
    ? HostStates[Part]
    : never
  : T extends `system/${infer Part}`
    ? Part extends keyof SystemStates
      ? SystemStates[Part]
      : never
    : T extends `app/${string}`
      ? Readonly<Record<string, unknown>>
      : T extends keyof Unchecked
        ? Unchecked[T]
        : never

/** Topics of which each event counts, and patterns of such. */
export type EventTopic =
  | `host/${string}/process`
  | 'activity'
  | `model/${string}/predictions`
  | `model/${string}/volume`
  | `app/${string}`

/** What an event of a topic says. */
export type EventOf<T extends EventTopic> = T extends 'activity'
  ? Activity
  : T extends `app/${string}`
    ? unknown
    : T extends `model/${string}/predictions`
      ? Prediction
      : T extends `model/${string}/volume`
        ? PredictionVolume
        : ProcessEvent

/** `*` stands for one segment, a final `**` for the rest, if any. */
export function matches(pattern: string, topic: string): boolean {
  if (pattern === topic) return true
  const wanted = pattern.split('/')
  const given = topic.split('/')
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === '**') return true
    if (given[i] === undefined || (wanted[i] !== '*' && wanted[i] !== given[i])) return false
  }
  return wanted.length === given.length
}

/** The shape of a topic's payloads; `undefined` for topics that only their publisher knows. */
export function shapeOf(kind: 'state' | 'event', topic: string): ShapeName | undefined {
  const table = kind === 'state' ? STATES : EVENTS
  return table.find(([pattern]) => matches(pattern, topic))?.[1]
}

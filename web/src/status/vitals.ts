/**
 * vitals: the values of a host that have limits, one by one. Each disk and each kind of pressure
 * is judged by itself, because an average would hide the one that is full.
 */

import type {
  Cpu,
  Disks,
  HostSummary,
  Memory,
  Network,
  Pressure,
  Processes,
  Sensors,
} from '@bellwether/client'
import { JUMPY, type Judgement, LOAD, type Patience, STEADY, UNJUDGED, judge } from './judge'
import { LIMITS, type Limits, type Status, type Subject } from './status'

/** What is known of a host now; each part is absent until it has spoken, or when it fell silent. */
export interface HostNow {
  readonly id: string
  readonly summary?: HostSummary | undefined
  readonly cpu?: Cpu | undefined
  readonly memory?: Memory | undefined
  readonly disks?: Disks | undefined
  readonly network?: Network | undefined
  readonly pressure?: Pressure | undefined
  readonly processes?: Processes | undefined
  readonly sensors?: Sensors | undefined
}

export type Resource = 'cpu' | 'memory' | 'io'

export interface Vital {
  /** Unique within the host: `cpu`, `disk:/data`. */
  readonly key: string
  readonly subject: Subject
  /** The mount point of a disk, the resource that pressure is about, the name of a sensor. */
  readonly instance?: string
  readonly value: number | undefined
  readonly limits: Limits
  readonly patience: Patience
}

export const RESOURCES: readonly Resource[] = ['cpu', 'memory', 'io']

function subjectOf(resource: Resource): Subject {
  return resource === 'cpu' ? 'cpu_pressure' : 'pressure'
}

export function nameOf(host: HostNow): string {
  return host.summary?.name ?? host.id
}

/** Load in units of one processor: comparable between hosts. */
export function loadPerCore(host: HostNow): number | undefined {
  const load = host.cpu?.load_1m
  const cores = host.summary?.cores ?? Object.keys(host.cpu?.cores ?? {}).length
  return load === undefined || cores === 0 ? undefined : load / cores
}

function vital(
  subject: Subject,
  value: number | undefined,
  patience: Patience,
  instance?: string,
): Vital {
  const limits = LIMITS[subject]
  const key = instance === undefined ? subject : `${subject}:${instance}`
  return { key, subject, value, limits, patience, ...(instance === undefined ? {} : { instance }) }
}

/** Below this, what a chip calls its limit is none: some report zero, or -273. */
const LEAST_LIMIT_CELSIUS = 30

/** As shipped, or lower where the maker says so: a disk suffers long before a processor does. */
export function temperatureLimits(high: number | undefined, critical: number | undefined): Limits {
  const lower = (ours: number, theirs = ours): number =>
    theirs < LEAST_LIMIT_CELSIUS ? ours : Math.min(ours, theirs)
  const { warn, crit } = LIMITS.temperature
  return { warn: lower(warn, high), crit: lower(crit, critical) }
}

export function vitalsOf(host: HostNow): Vital[] {
  const disks = Object.entries(host.disks?.filesystems ?? {})
    // A read-only image is full by nature.
    .filter(([, one]) => !one.read_only)
    .map(([mount, one]) => vital('disk', one.used_percent, STEADY, mount))
  const pressure = RESOURCES.flatMap((resource) => {
    const stall = host.pressure?.[resource]
    return stall ? [vital(subjectOf(resource), stall.some_10s_percent, JUMPY, resource)] : []
  })
  const temperatures = Object.entries(host.sensors?.temperatures ?? {}).map(([id, one]) => ({
    ...vital('temperature', one.now_celsius, STEADY, `${one.label} (${one.chip})`),
    key: `temperature:${id}`,
    limits: temperatureLimits(one.high_celsius, one.critical_celsius),
  }))
  return [
    vital('cpu', host.cpu?.total_percent, JUMPY),
    vital('memory', host.memory?.used_percent, STEADY),
    vital('load', loadPerCore(host), LOAD),
    ...disks,
    ...pressure,
    ...temperatures,
  ]
}

export type Judgements = ReadonlyMap<string, Judgement>

/** Every vital judged again; what is gone is forgotten. */
export function judgeAll(before: Judgements, vitals: readonly Vital[], atMs: number): Judgements {
  return new Map(
    vitals.map((one) => [
      one.key,
      judge(before.get(one.key) ?? UNJUDGED, one.value, one.limits, one.patience, atMs),
    ]),
  )
}

export function statusIn(judgements: Judgements, key: string): Status {
  return judgements.get(key)?.status ?? 'unknown'
}

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
} from '@bellwether/client'
import { JUMPY, type Judgement, type Patience, STEADY, UNJUDGED, judge } from './judge'
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
}

export type Resource = 'cpu' | 'memory' | 'io'

export interface Vital {
  /** Unique within the host: `cpu`, `disk:/data`. */
  readonly key: string
  readonly subject: Subject
  /** The mount point of a disk, the resource that pressure is about. */
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

export function vitalsOf(host: HostNow): Vital[] {
  const disks = Object.entries(host.disks?.filesystems ?? {})
    // A read-only image is full by nature.
    .filter(([, one]) => !one.read_only)
    .map(([mount, one]) => vital('disk', one.used_percent, STEADY, mount))
  const pressure = RESOURCES.flatMap((resource) => {
    const stall = host.pressure?.[resource]
    return stall ? [vital(subjectOf(resource), stall.some_10s_percent, JUMPY, resource)] : []
  })
  return [
    vital('cpu', host.cpu?.total_percent, JUMPY),
    vital('memory', host.memory?.used_percent, STEADY),
    vital('load', loadPerCore(host), STEADY),
    ...disks,
    ...pressure,
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

/**
 * answer: one plain sentence that says how a host is, and the numbers behind it.
 * Enters: what is known now and how it was judged. Leaves: sentences. A plain function: what it says
 * can be tested word by word. Effect, number, limit, then who is behind it.
 */

import type { Process } from '@bellwether/client'
import * as format from '../format/format'
import { type Status, passedLimit, worstFirst } from './status'
import { type HostNow, type Judgements, type Vital, nameOf, statusIn, vitalsOf } from './vitals'

export interface Answer {
  readonly status: Status
  readonly sentence: string
  /** One line of evidence. */
  readonly detail: string
}

/** The worst three, as the card has room for; the rest is counted. */
export const SHOWN = 3

export interface Answers {
  readonly shown: readonly [Answer, ...Answer[]]
  readonly more: number
}

function most(host: HostNow, of: (one: Process) => number | undefined): Process | undefined {
  let best: Process | undefined
  for (const one of Object.values(host.processes?.processes ?? {})) {
    if ((of(one) ?? 0) > ((best && of(best)) ?? 0)) best = one
  }
  return best
}

/** "Busiest: python (PID 4121), 312 % of one core." or nothing when all are idle. */
function busiest(host: HostNow): string {
  const one = most(host, (process) => process.cpu_percent)
  if (!one || (one.cpu_percent ?? 0) < 0.1) return ''
  return `Busiest: ${one.name}, ${format.roughPercent(one.cpu_percent)} of one core.`
}

function largest(host: HostNow): string {
  const one = most(host, (process) => process.memory_bytes)
  return one
    ? `Largest: ${one.name} (PID ${String(one.pid)}), ${format.bytes(one.memory_bytes)}.`
    : ''
}

function busiestWithPid(host: HostNow): string {
  const one = most(host, (process) => process.cpu_percent)
  if (!one || (one.cpu_percent ?? 0) < 0.1) return ''
  return `Busiest: ${one.name} (PID ${String(one.pid)}), ${format.roughPercent(one.cpu_percent)} of one core.`
}

const WAITING_FOR = { cpu: 'a processor', memory: 'memory', io: 'storage' } as const

function isResource(text: string | undefined): text is keyof typeof WAITING_FOR {
  return text !== undefined && text in WAITING_FOR
}

/** How a value stands to the limit that it passed; it may be below again, but not by enough. */
function against(vital: Vital, status: Status, show: (limit: number) => string): string {
  const limit = passedLimit(status, vital.limits)
  if (limit === undefined) return ''
  const where = (vital.value ?? 0) > limit ? 'over the limit' : 'not yet well below the limit'
  return `, ${where} of ${show(limit)}`
}

/** What one vital that is out of its limits has to say. */
function finding(host: HostNow, vital: Vital, status: Status): Answer {
  const name = nameOf(host)
  const over = against(vital, status, format.roughPercent)
  switch (vital.subject) {
    case 'cpu':
      return {
        status,
        sentence: `CPU of ${name} is at ${format.roughPercent(vital.value)}${over}.`,
        detail: busiestWithPid(host),
      }
    case 'memory':
      return {
        status,
        sentence: `Memory of ${name} is ${format.roughPercent(vital.value)} used${over}.`,
        detail: [left(host), largest(host)].filter(Boolean).join(' '),
      }
    case 'load':
      return {
        status,
        sentence: `Load of ${name} is ${format.ratio(vital.value)} per core${against(vital, status, String)}.`,
        detail: `Load ${format.ratio(host.cpu?.load_1m)}. ${busiestWithPid(host)}`.trim(),
      }
    case 'disk': {
      const mount = vital.instance ?? ''
      const free = host.disks?.filesystems[mount]?.available_bytes
      return {
        status,
        sentence: `${mount} on ${name} is ${format.roughPercent(vital.value)} full${over}.`,
        detail: `${format.bytes(free)} left.`,
      }
    }
    case 'temperature':
      return {
        status,
        sentence: `${vital.instance ?? 'Temperature'} of ${name} is at ${format.roughCelsius(vital.value)}${against(vital, status, format.roughCelsius)}.`,
        detail: busiestWithPid(host),
      }
    case 'cpu_pressure':
    case 'pressure': {
      const what = isResource(vital.instance) ? WAITING_FOR[vital.instance] : 'a resource'
      return {
        status,
        sentence: `Tasks on ${name} waited for ${what} ${format.roughPercent(vital.value)} of the last 10 s${over}.`,
        detail: vital.instance === 'memory' ? largest(host) : busiestWithPid(host),
      }
    }
  }
}

function left(host: HostNow): string {
  const free = host.memory?.available_bytes
  return free === undefined ? '' : `${format.bytes(free)} available.`
}

/** "CPU 4 %, memory 61 %, fullest disk / 43 %." */
function calmDetail(host: HostNow, vitals: readonly Vital[]): string {
  const fullest = vitals
    .filter((one) => one.subject === 'disk')
    .reduce<Vital | undefined>((a, b) => ((b.value ?? 0) > (a?.value ?? -1) ? b : a), undefined)
  const parts = [
    host.cpu?.total_percent === undefined
      ? ''
      : `CPU ${format.roughPercent(host.cpu.total_percent)}`,
    host.memory?.used_percent === undefined
      ? ''
      : `memory ${format.roughPercent(host.memory.used_percent)}`,
    fullest ? `fullest disk ${fullest.instance ?? ''} ${format.roughPercent(fullest.value)}` : '',
  ].filter(Boolean)
  return parts.length === 0 ? '' : `${parts.join(', ')}.`
}

/**
 * What belongs together is told once: a busy processor, its load and the tasks that wait for it are
 * one story, and the worst of them tells it.
 */
function storyOf(vital: Vital): string {
  if (vital.subject === 'disk') return vital.key
  if (vital.subject === 'load' || vital.subject === 'cpu_pressure') return 'cpu'
  return vital.subject === 'pressure' ? (vital.instance ?? '') : vital.subject
}

/** How the page itself hears from the host. */
export type Hearing =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'live' }
  /** Nothing for so long that nobody can say how it is. */
  | { readonly kind: 'silent'; readonly sinceMs: number; readonly nowMs: number }

export function answersOf(host: HostNow, judged: Judgements, hearing: Hearing): Answers {
  const name = nameOf(host)
  if (hearing.kind === 'waiting') {
    const sentence = `Waiting for the first values of ${name}.`
    return { shown: [{ status: 'unknown', sentence, detail: '' }], more: 0 }
  }
  if (hearing.kind === 'silent') {
    const since = format.timeOrDate(hearing.sinceMs, hearing.nowMs)
    const sentence = `Nothing heard from ${name} since ${since}.`
    const detail = 'What is shown below is from then. How it is now is not known.'
    return { shown: [{ status: 'unknown', sentence, detail }], more: 0 }
  }
  const vitals = vitalsOf(host)
  const out = vitals
    .map((vital) => ({ vital, status: statusIn(judged, vital.key) }))
    .filter(({ status }) => status === 'warn' || status === 'crit')
    .sort((a, b) => worstFirst(a.status, b.status))
  const [first, ...others] = out
    .filter((one, i) => out.findIndex(({ vital }) => storyOf(vital) === storyOf(one.vital)) === i)
    .map(({ vital, status }) => finding(host, vital, status))
  if (!first) {
    const sentence = [`All quiet on ${name}.`, busiest(host)].filter(Boolean).join(' ')
    return { shown: [{ status: 'ok', sentence, detail: calmDetail(host, vitals) }], more: 0 }
  }
  return {
    shown: [first, ...others.slice(0, SHOWN - 1)],
    more: Math.max(0, others.length - (SHOWN - 1)),
  }
}

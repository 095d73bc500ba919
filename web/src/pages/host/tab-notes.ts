/**
 * tab-notes: what each page of a host says first: what is wrong with its disks, its network, its
 * sensors, worst on top; or that nothing is. Plain functions.
 */

import type { Filesystem } from '@bellwether/client'
import { celsius } from '../../format/physical'
import * as format from '../../format/format'
import type { Answer, Answers } from '../../status/answer'
import { LIMITS, type Status, statusOf, worstFirst } from '../../status/status'
import { countedDevices, countedInterfaces, fullest, sum } from '../../status/totals'
import { type HostNow, nameOf, temperatureLimits } from '../../status/vitals'

const SHOWN = 3

function noted(status: Status, sentence: string, detail = ''): Answer {
  return { status, sentence, detail }
}

function answersFrom(notes: readonly Answer[], calm: Answer): Answers {
  const [first, ...others] = [...notes].sort((a, b) => worstFirst(a.status, b.status))
  if (!first) return { shown: [calm], more: 0 }
  const rest = others.slice(0, SHOWN - 1)
  return { shown: [first, ...rest], more: others.length - rest.length }
}

function filesystemNotes(mount: string, one: Filesystem, space: Status): Answer[] {
  if (one.read_only) return []
  const notes: Answer[] = []
  const left = `${format.bytes(one.available_bytes)} left.`
  if (space === 'warn' || space === 'crit')
    notes.push(noted(space, `${mount} is ${format.roughPercent(one.used_percent)} full.`, left))
  const entries = statusOf(one.inodes_used_percent, LIMITS.disk)
  if (entries === 'warn' || entries === 'crit') {
    const used = format.roughPercent(one.inodes_used_percent)
    notes.push(noted(entries, `${mount} has used ${used} of its file entries (inodes).`))
  }
  return notes
}

/** How a vital was judged over time (status/vitals.ts): a sentence must not come and go each second. */
type StatusIn = (key: string) => Status

export function diskAnswers(host: HostNow, statusIn: StatusIn): Answers {
  const { disks } = host
  if (!disks) return waitingFor('disks', host)
  const space = Object.entries(disks.filesystems).flatMap(([mount, one]) =>
    filesystemNotes(mount, one, statusIn(`disk:${mount}`)),
  )
  const worst = fullest(disks)
  const detail = worst
    ? `Fullest: ${worst[0]}, ${format.roughPercent(worst[1].used_percent)}.`
    : 'No file system that can fill up.'
  const devices = countedDevices(disks).length
  const calm = noted('ok', `Disks of ${nameOf(host)} have room.`, detail)
  const none = noted('unknown', `No block device is visible on ${nameOf(host)}.`, detail)
  return answersFrom(space, devices === 0 && !worst ? none : calm)
}

export function networkAnswers(host: HostNow): Answers {
  const { network } = host
  if (!network) return waitingFor('interfaces', host)
  const names = countedInterfaces(network)
  const all = names.flatMap((name) => network.interfaces[name] ?? [])
  const notes = names.flatMap((name) => {
    const one = network.interfaces[name]
    return (one?.errors_per_second ?? 0) > 0
      ? [noted('warn', `${name} loses ${format.perSecond(one?.errors_per_second)} to errors.`)]
      : []
  })
  const received = format.bitsPerSecond(sum(all.map((one) => one.received_bytes_per_second)))
  const sent = format.bitsPerSecond(sum(all.map((one) => one.sent_bytes_per_second)))
  const calm =
    all.length === 0
      ? noted('unknown', `${nameOf(host)} has no interface but loopback.`)
      : noted(
          'ok',
          `No errors on the interfaces of ${nameOf(host)}.`,
          `In ${received}, out ${sent}.`,
        )
  return answersFrom(notes, calm)
}

export function sensorAnswers(host: HostNow, statusIn: StatusIn): Answers {
  const { sensors } = host
  if (!sensors) return waitingFor('sensors', host)
  const temperatures = Object.values(sensors.temperatures)
  const hot = Object.entries(sensors.temperatures).flatMap(([key, one]) => {
    const limits = temperatureLimits(one.high_celsius, one.critical_celsius)
    const status = statusIn(`temperature:${key}`)
    if (status !== 'warn' && status !== 'crit') return []
    const over = format.roughCelsius(status === 'crit' ? limits.crit : limits.warn)
    const sentence = `${one.label} (${one.chip}) is at ${celsius(one.now_celsius)}, over ${over}.`
    return [noted(status, sentence)]
  })
  const slow = Object.values(sensors.fans).flatMap((one) =>
    one.alarm || (one.speed_rpm ?? Infinity) < (one.low_rpm ?? 0)
      ? [
          noted(
            'warn',
            `${one.label} (${one.chip}) turns at ${format.rpm(one.speed_rpm)}: too slow, as its chip says.`,
          ),
        ]
      : [],
  )
  const faults = Object.values(sensors)
    .flatMap((group: Readonly<Record<string, { fault?: string }>>) => Object.values(group))
    .filter(({ fault }) => fault !== undefined).length
  const known = temperatures.flatMap((one) =>
    one.now_celsius === undefined ? [] : { label: one.label, at: one.now_celsius },
  )
  const hottest = known.reduce<(typeof known)[number] | undefined>(
    (best, one) => (best && best.at >= one.at ? best : one),
    undefined,
  )
  const detail = [
    hottest ? `Hottest: ${hottest.label}, ${celsius(hottest.at)}.` : '',
    faults > 0 ? `${format.count(faults)} of the sensors cannot be read.` : '',
  ]
  const calm = noted('ok', `Nothing is too hot on ${nameOf(host)}.`, detail.join(' ').trim())
  const cold = noted(
    'unknown',
    `${nameOf(host)} has no temperature sensor.`,
    detail.join(' ').trim(),
  )
  return answersFrom([...hot, ...slow], known.length > 0 ? calm : cold)
}

function waitingFor(what: string, host: HostNow): Answers {
  return {
    shown: [noted('unknown', `Waiting for the ${what} of ${nameOf(host)}.`)],
    more: 0,
  }
}

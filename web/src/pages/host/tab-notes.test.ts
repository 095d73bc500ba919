import { expect, it } from 'vitest'
import { type HostNow, judgeAll, statusIn, vitalsOf } from '../../status/vitals'
import { diskAnswers, networkAnswers, sensorAnswers } from './tab-notes'

const say = (answers: ReturnType<typeof diskAnswers>) =>
  answers.shown.map((one) => `${one.status}: ${one.sentence}`.replaceAll('\u00a0', ' '))

const room = { device: 'sda1', kind: 'ext4', total_bytes: 100, used_bytes: 96, available_bytes: 4 }
const link = {
  addresses: [],
  received_bytes: 0,
  sent_bytes: 0,
  received_packets: 0,
  sent_packets: 0,
}

/** As judged after it has been so for a while. */
function judgedOf(host: HostNow) {
  const judged = judgeAll(judgeAll(new Map(), vitalsOf(host), 0), vitalsOf(host), 60_000)
  return [host, (key: string) => statusIn(judged, key)] as const
}

function atlas(more: Partial<HostNow>): HostNow {
  return { id: 'atlas', ...more }
}

it('full file systems and used up entries are told, worst first', () => {
  const disks = {
    devices: { sda: {} },
    filesystems: {
      '/': { ...room, used_percent: 40, inodes_used_percent: 97, read_only: false },
      '/data': { ...room, used_percent: 92, read_only: false },
      '/cdrom': { ...room, used_percent: 100, read_only: true },
    },
  }
  expect(say(diskAnswers(...judgedOf(atlas({ disks }))))).toEqual([
    'crit: / has used 97 % of its file entries (inodes).',
    'warn: /data is 92 % full.',
  ])
})

it('errors on an interface are told; none are said to be none', () => {
  const quiet = { interfaces: { eth0: link } }
  const lossy = { interfaces: { eth0: { ...link, errors_per_second: 3 } } }
  expect(say(networkAnswers(atlas({ network: quiet })))[0]).toMatch(/^ok: No errors/)
  expect(say(networkAnswers(atlas({ network: lossy })))).toEqual([
    'warn: eth0 loses 3.0 /s to errors.',
  ])
})

it('heat is judged by our limits, or lower ones of the maker; a slow fan is told', () => {
  const sensors = {
    temperatures: {
      a: { chip: 'coretemp', label: 'Core 0', now_celsius: 78, critical_celsius: 100 },
      b: { chip: 'drivetemp', label: 'sda', now_celsius: 61, critical_celsius: 60 },
      c: { chip: 'odd', label: 'zero', now_celsius: 20, high_celsius: 0 },
    },
    fans: { f: { chip: 'nct6775', label: 'Rear', speed_rpm: 0, low_rpm: 200 } },
    voltages: {},
    currents: {},
    powers: {},
  }
  expect(say(sensorAnswers(...judgedOf(atlas({ sensors }))))).toEqual([
    'crit: sda (drivetemp) is at 61.0 °C, over 60 °C.',
    'warn: Core 0 (coretemp) is at 78.0 °C, over 75 °C.',
    'warn: Rear (nct6775) turns at 0 rpm: too slow, as its chip says.',
  ])
})

it('nothing is well before it was heard', () => {
  for (const answers of [diskAnswers, networkAnswers, sensorAnswers]) {
    expect(answers(...judgedOf(atlas({}))).shown[0].status).toBe('unknown')
  }
})

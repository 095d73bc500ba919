import type { Disks, Network } from '@bellwether/client'
import { expect, it } from 'vitest'
import { countedDevices, countedInterfaces, fullest, sum, sumColumns } from './totals'

function network(...names: string[]): Network {
  const one = {
    addresses: [],
    received_bytes: 0,
    sent_bytes: 0,
    received_packets: 0,
    sent_packets: 0,
  }
  return { interfaces: Object.fromEntries(names.map((name) => [name, one])) }
}

it('traffic of containers is not counted twice', () => {
  expect(countedInterfaces(network('eth0', 'docker0', 'veth1a', 'wlan0', 'br-99'))).toEqual([
    'eth0',
    'wlan0',
  ])
  // Inside a container the virtual end is all there is.
  expect(countedInterfaces(network('veth0'))).toEqual(['veth0'])
  expect(countedInterfaces(undefined)).toEqual([])
})

it('nor are stacked disks', () => {
  const disks: Disks = { devices: { sda: {}, 'dm-0': {}, nvme0n1: {}, md0: {} }, filesystems: {} }
  expect(countedDevices(disks)).toEqual(['nvme0n1', 'sda'])
})

it('the fullest disk, not the read-only one', () => {
  const one = {
    device: '',
    kind: 'ext4',
    total_bytes: 1,
    used_bytes: 1,
    available_bytes: 0,
    read_only: false,
  }
  const disks: Disks = {
    devices: {},
    filesystems: {
      '/': { ...one, used_percent: 40 },
      '/data': { ...one, used_percent: 60 },
      '/snap': { ...one, used_percent: 100, read_only: true },
    },
  }
  expect(fullest(disks)?.[0]).toBe('/data')
  expect(fullest(undefined)).toBeUndefined()
})

it('sums what is known', () => {
  expect(sum([1, undefined, 2])).toBe(3)
  expect(sum([undefined])).toBeUndefined()
  expect([
    ...sumColumns(
      [
        [1, Number.NaN, Number.NaN],
        [2, 3, Number.NaN],
      ],
      3,
    ),
  ]).toEqual([3, 3, Number.NaN])
})

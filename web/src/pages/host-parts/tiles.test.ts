import type { Disks, Network } from '@bellwether/client'
import { expect, it } from 'vitest'
import type { HostNow } from '../../status/vitals'
import { tilesOf } from './tiles'

function say(host: Omit<HostNow, 'id'>, all = false): string[] {
  return tilesOf({ id: 'atlas', ...host }, () => 'ok', all).map((tile) =>
    `${tile.title}: ${tile.text} (${tile.word ?? tile.status}) ${tile.note}`
      .replaceAll('\u00a0', ' ')
      .trim(),
  )
}

const one = { device: '', kind: 'ext4', total_bytes: 1, used_bytes: 1, read_only: false }
const disks: Disks = {
  devices: { sda: { read_bytes_per_second: 1_000, written_bytes_per_second: 3_000 } },
  filesystems: {
    '/': { ...one, used_percent: 43.2, available_bytes: 1024 ** 3 },
    '/data': { ...one, used_percent: 97.1, available_bytes: 2 * 1024 ** 3 },
  },
}
const link = {
  addresses: [],
  received_bytes: 0,
  sent_bytes: 0,
  received_packets: 0,
  sent_packets: 0,
}
const network: Network = {
  interfaces: { eth0: { ...link, received_bytes_per_second: 1_000, sent_bytes_per_second: 500 } },
}

it('nothing is known before the first value, and nothing is zero', () => {
  expect(say({})).toEqual([
    'CPU: – (ok)',
    'Memory: – (ok)',
    'Disk: – (unknown)',
    'Network: – (unknown)',
  ])
})

it('the disk is the fullest one', () => {
  expect(say({ disks }, true).slice(2, 4)).toEqual([
    'Disk: 97.1 % (ok) Fullest of 2: /data, 2.00 GiB left',
    'Disk I/O: 4.00 kB/s (ok) 1.00 kB/s read, 3.00 kB/s written',
  ])
})

it('the network warns of errors, not of traffic', () => {
  expect(say({ network })[3]).toBe('Network: 8.00 kb/s (ok) In; out 4.00 kb/s')
  const failing = { interfaces: { eth0: { ...link, errors_per_second: 2 } } }
  expect(say({ network: failing })[3]).toContain('2.0 /s errors')
})

it('says in words what a host does not have', () => {
  expect(say({ network: { interfaces: {} } })[3]).toBe(
    'Network: – (unknown) No interface but loopback',
  )
  expect(say({ disks: { devices: {}, filesystems: {} } }, true)[3]).toContain('No block device')
})

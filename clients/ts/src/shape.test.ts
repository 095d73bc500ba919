import { expect, test } from 'vitest'
import { type ShapeName, faultOf } from './shape.ts'

test('says where a payload is not what it should be', () => {
  const check = (shape: ShapeName, value: unknown, expected: string | undefined) =>
    expect(faultOf(shape, value)).toBe(expected)
  check('Cpu', { cores: {} }, undefined)
  check('Cpu', { cores: {}, total_percent: 3.5, unheard_of: [] }, undefined)
  check('Cpu', { cores: { '0': { busy_percent: 1 } } }, undefined)
  check('Cpu', {}, '/cores is no object')
  check('Cpu', [], '. is no object')
  check('Cpu', null, '. is no object')
  check('Cpu', { cores: { '0': { busy_percent: '1' } } }, '/cores/0/busy_percent is no number')
  check('Cpu', { cores: {}, total_percent: null }, '/total_percent is no number')
  check('Network', { interfaces: {} }, undefined)
  check('Health', 'healthy', undefined)
  check('Health', 'fine', '. is none of healthy, degraded, critical')
  check('Timestamp', '1', '. is no number')
  const filesystem = {
    available_bytes: 1,
    device: 'd',
    kind: 'k',
    read_only: false,
    total_bytes: 2,
    used_bytes: 1,
    used_percent: 50,
  }
  check('Disks', { devices: {}, filesystems: { '/': filesystem } }, undefined)
  check(
    'Disks',
    { devices: {}, filesystems: { '/': { ...filesystem, read_only: 0 } } },
    '/filesystems///read_only is no boolean',
  )
  const columns = {
    name: 'a',
    unit: 'percent',
    interval_ms: 1,
    at_ms: [1],
    mean: [1],
    min: [1],
    max: [1],
  }
  const answer = { from: 1, to: 2, step_ms: 0, series: [columns] }
  check('SeriesAnswer', answer, undefined)
  check('SeriesAnswer', { ...answer, series: {} }, '/series is no array')
  check(
    'SeriesAnswer',
    { ...answer, series: [{ ...columns, mean: [1, null] }] },
    '/series/0/mean/1 is no number',
  )
})

test('branches that were checked before are not checked again', () => {
  const core = { busy_percent: 1 }
  const known = { cores: { '0': core } }
  // Broken behind our back: only a check that goes inside would see it.
  Object.assign(core, { busy_percent: 'broken' })
  expect(faultOf('Cpu', { cores: { '0': core } }, known)).toBeUndefined()
  expect(faultOf('Cpu', { cores: { '0': { busy_percent: 'new' } } }, known)).toBe(
    '/cores/0/busy_percent is no number',
  )
})

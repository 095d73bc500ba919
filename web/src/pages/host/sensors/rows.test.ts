import type { Sensors } from '@bellwether/client'
import { expect, it } from 'vitest'
import { chipsOf } from './rows'

const sensors: Sensors = {
  temperatures: {
    'coretemp-0/temp1': {
      chip: 'coretemp',
      label: 'Package id 0',
      now_celsius: 79,
      high_celsius: 80,
      critical_celsius: 100,
    },
    'nct-0/temp2': { chip: 'nct6775', label: 'AUXTIN2', fault: 'it reads -128 °C' },
  },
  fans: {
    'nct-0/fan1': { chip: 'nct6775', label: 'CPU', speed_rpm: 1_200, drive_percent: 40 },
    'nct-0/fan2': { chip: 'nct6775', label: 'Rear', speed_rpm: 0, low_rpm: 200 },
    'nct-0/fan3': { chip: 'nct6775', label: 'Idle', speed_rpm: 0 },
  },
  voltages: { 'nct-0/in4': { chip: 'nct6775', label: '+12V', now_volts: 11.1, low_volts: 11.4 } },
  currents: {},
  powers: { 'rapl/0': { chip: 'rapl', label: 'package-0', now_watts: 32.5, limit_watts: 65 } },
}

const said = chipsOf(sensors).map(({ name, rows }) => ({
  name,
  rows: rows.map((one) =>
    [one.label, one.value, one.limits, one.word ?? one.status, one.fault ?? '']
      .join(' | ')
      .replaceAll('\u00a0', ' '),
  ),
}))

it('sensors stand with their chip, with limits in words', () => {
  expect(said).toEqual([
    {
      name: 'coretemp',
      rows: ['Package id 0 | 79.0 °C | high 80.0 °C, critical 100.0 °C | warn | '],
    },
    {
      name: 'nct6775',
      rows: [
        'AUXTIN2 | – |  | Cannot be read | it reads -128 °C',
        'CPU | 1,200 rpm | driven at 40.0 % | ok | ',
        'Rear | 0 rpm | at least 200 rpm | Too slow | ',
        'Idle | 0 rpm |  | Stands still | ',
        '+12V | 11.10 V | at least 11.40 V | Out of range | ',
      ],
    },
    { name: 'rapl', rows: ['package-0 | 32.5 W | kept below 65.0 W | ok | '] },
  ])
})

it('what cannot be read has no bar and is never well', () => {
  const fault = chipsOf(sensors).flatMap(({ rows }) => rows)[1]
  expect(fault).toMatchObject({ status: 'unknown', share: undefined })
})

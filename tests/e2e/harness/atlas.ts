/**
 * Two hosts as they could be: `atlas`, a workstation with every sensor there is, a battery, containers
 * and a disk that is nearly full; `mars`, which fell silent. Values move as a function of time.
 */

import type { RecordedHost } from './recorded'

const GIB = 1024 ** 3
const MIB = 1024 ** 2

/** Between `low` and `high` once in a period, to a tenth. */
function wave(ms: number, low: number, high: number, periodS: number): number {
  const share = (1 + Math.sin((ms / 1_000 / periodS) * 2 * Math.PI)) / 2
  return Math.round((low + share * (high - low)) * 10) / 10
}

const INTERVALS = Object.fromEntries(
  'summary cpu memory disks network pressure sensors battery processes cgroups users'
    .split(' ')
    .map((name) => [name, 1_000]),
)

function temperature(chip: string, label: string, now: number, high?: number, critical?: number) {
  return {
    chip,
    label,
    now_celsius: now,
    ...(high === undefined ? {} : { high_celsius: high }),
    ...(critical === undefined ? {} : { critical_celsius: critical }),
  }
}

function sensors(ms: number) {
  const package0 = wave(ms, 62, 79, 120)
  return {
    temperatures: {
      'coretemp-0/temp1': temperature('coretemp', 'Package id 0', package0, 80, 100),
      'coretemp-0/temp2': temperature('coretemp', 'Core 0', wave(ms, 58, 74, 120), 80, 100),
      'coretemp-0/temp3': temperature('coretemp', 'Core 1', wave(ms, 60, 76, 110), 80, 100),
      'nvme-0/temp1': temperature('nvme', 'Composite', wave(ms, 41, 46, 300), 81.8, 84.8),
      'acpitz-0/temp1': temperature('acpitz', 'acpitz', 27.8, undefined, 119),
      'nct6775-0/temp2': {
        chip: 'nct6775',
        label: 'AUXTIN2',
        fault: 'the sensor reads -128 °C, which is what an input without a sensor reads',
      },
    },
    fans: {
      'nct6775-0/fan1': {
        chip: 'nct6775',
        label: 'CPU fan',
        speed_rpm: Math.round(wave(ms, 1_180, 2_240, 120)),
        low_rpm: 300,
        drive_percent: wave(ms, 35, 78, 120),
      },
      'nct6775-0/fan2': {
        chip: 'nct6775',
        label: 'Rear fan',
        speed_rpm: 0,
        low_rpm: 200,
        alarm: true,
      },
    },
    voltages: {
      'nct6775-0/in0': {
        chip: 'nct6775',
        label: 'Vcore',
        now_volts: 1.104,
        low_volts: 0,
        high_volts: 1.74,
      },
      'nct6775-0/in4': {
        chip: 'nct6775',
        label: '+12V',
        now_volts: 12.096,
        low_volts: 11.4,
        high_volts: 12.6,
      },
    },
    currents: {
      'ina219-0/curr1': { chip: 'ina219', label: 'USB-C', now_amperes: wave(ms, 1, 3, 60) },
    },
    powers: {
      'intel-rapl:0': {
        chip: 'intel-rapl',
        label: 'package-0',
        now_watts: wave(ms, 18, 61, 120),
        limit_watts: 65,
      },
      'intel-rapl:0:0': { chip: 'intel-rapl', label: 'dram', now_watts: wave(ms, 1, 4, 90) },
    },
  }
}

function cgroups(ms: number) {
  const pressure = (value: number) => ({
    cpu_pressure_percent: value,
    memory_pressure_percent: 0,
    io_pressure_percent: value / 2,
  })
  return {
    hierarchy: 'v2',
    total: 86,
    containers: 1,
    groups: {
      'system.slice/postgresql.service': {
        kind: 'service',
        name: 'postgresql.service',
        cpu_percent: wave(ms, 4, 31, 60),
        memory_bytes: 1.9 * GIB,
        working_set_bytes: 812 * MIB,
        read_bytes_per_second: wave(ms, 0, 4e6, 20),
        written_bytes_per_second: wave(ms, 1e5, 9e6, 30),
        tasks: 24,
        tasks_limit: 9_830,
        ...pressure(wave(ms, 0, 3, 50)),
        oom_kills: 0,
      },
      'system.slice/docker-4f1c.scope': {
        kind: 'container',
        name: 'checkout-api',
        runtime: 'docker',
        container_id: '4f1c09b7d2aa4f1c09b7d2aa4f1c09b7d2aa4f1c09b7d2aa4f1c09b7d2aa1234',
        cpu_percent: wave(ms, 120, 200, 45),
        cpu_limit_percent: 200,
        throttled_percent: wave(ms, 0, 22, 45),
        memory_bytes: 960 * MIB,
        working_set_bytes: 934 * MIB,
        memory_limit_bytes: GIB,
        memory_percent: 91.2,
        tasks: 41,
        tasks_limit: 100,
        ...pressure(wave(ms, 4, 28, 45)),
        oom_kills: 2,
      },
      'user.slice': {
        kind: 'slice',
        name: 'user.slice',
        cpu_percent: wave(ms, 0, 9, 30),
        memory_bytes: 3.4 * GIB,
        working_set_bytes: 2.6 * GIB,
        tasks: 212,
        ...pressure(0.4),
        oom_kills: 0,
      },
    },
  }
}

function disks(ms: number) {
  const device = (busy: number, read: number, written: number) => ({
    size_bytes: 512e9,
    read_bytes_per_second: read,
    written_bytes_per_second: written,
    reads_per_second: Math.round(read / 16_384),
    writes_per_second: Math.round(written / 16_384),
    ...(read > 0 ? { read_latency_ms: wave(ms, 0.1, 0.4, 40) } : {}),
    ...(written > 0 ? { write_latency_ms: wave(ms, 0.4, 8, 70) } : {}),
    busy_percent: busy,
    queue_length: busy / 20,
  })
  const filesystem = (
    name: string,
    kind: string,
    total: number,
    percent: number,
    inodes: number,
  ) => ({
    device: name,
    kind,
    total_bytes: total,
    used_bytes: (total * percent) / 100,
    available_bytes: (total * (100 - percent)) / 100,
    used_percent: percent,
    inodes_used_percent: inodes,
    read_only: kind === 'squashfs',
  })
  return {
    devices: {
      nvme0n1: device(wave(ms, 2, 91, 70), wave(ms, 0, 21e6, 40), wave(ms, 1e6, 210e6, 70)),
      sda: device(0, 0, 0),
    },
    filesystems: {
      '/': filesystem('/dev/nvme0n1p2', 'ext4', 460 * GIB, 61.2, 12.1),
      '/data': filesystem('/dev/sda1', 'xfs', 1_800 * GIB, 96.4, 97.5),
      '/snap/core/1': filesystem('/dev/loop0', 'squashfs', 64 * MIB, 100, 100),
    },
  }
}

function network(ms: number) {
  const totals = {
    received_packets: 8e7,
    sent_packets: 5e7,
    errors_per_second: 0,
    drops_per_second: 0,
  }
  return {
    interfaces: {
      enp5s0: {
        ...totals,
        up: true,
        addresses: ['192.0.2.17', '2001:db8::17'],
        link_megabits_per_second: 2_500,
        received_bytes_per_second: wave(ms, 1e5, 24e6, 60),
        sent_bytes_per_second: wave(ms, 5e4, 3e6, 45),
        received_packets_per_second: 9_211,
        sent_packets_per_second: 4_012,
        received_bytes: 412 * GIB,
        sent_bytes: 38 * GIB,
      },
      wlp4s0: {
        ...totals,
        up: true,
        addresses: ['198.51.100.4'],
        received_bytes_per_second: 1_200,
        sent_bytes_per_second: 800,
        received_bytes: GIB,
        sent_bytes: GIB / 4,
        errors_per_second: wave(ms, 0, 4, 30),
        drops_per_second: 1.2,
      },
      docker0: {
        ...totals,
        up: false,
        addresses: ['172.17.0.1'],
        received_bytes: 0,
        sent_bytes: 0,
      },
    },
    tcp: { established: 214, retransmits_per_second: wave(ms, 0, 3, 25), opened_per_second: 11.4 },
  }
}

const battery = (ms: number) => ({
  on_mains: false,
  batteries: {
    BAT0: {
      state: 'discharging',
      charge_percent: wave(ms, 63, 64, 600),
      power_watts: wave(ms, 8, 21, 120),
      now_volts: 11.62,
      energy_watt_hours: 31.4,
      full_watt_hours: 48.9,
      design_watt_hours: 57.0,
      health_percent: 85.8,
      cycles: 312,
      empty_in_seconds: 8_940,
      now_celsius: 31.2,
      model: 'DELL 5XJ28',
    },
  },
})

function summary(name: string, ms: number) {
  return {
    name,
    os: 'Debian GNU/Linux 12 (bookworm)',
    kernel: '6.1.0-28-amd64',
    architecture: 'x86_64',
    cpu_model: 'Intel(R) Core(TM) i7-1365U',
    cores: 4,
    booted_at_ms: ms - 12 * 86_400_000,
    cpu_percent: wave(ms, 11, 64, 60),
    memory_percent: 61.4,
    hottest_celsius: wave(ms, 62, 79, 120),
    fastest_fan_rpm: Math.round(wave(ms, 1_180, 2_240, 120)),
    fullest_disk_percent: 96.4,
    charge_percent: 63.4,
    busiest: { name: 'checkout-api', pid: 4121, cpu_percent: wave(ms, 120, 200, 45) },
    intervals_ms: INTERVALS,
  }
}

/** Has everything. */
export const ATLAS: RecordedHost = {
  id: 'atlas',
  at: (ms) => ({
    summary: summary('atlas', ms),
    cpu: { total_percent: wave(ms, 11, 64, 60), cores: {}, load_1m: 2.1 },
    memory: {
      total_bytes: 32 * GIB,
      used_bytes: 19.6 * GIB,
      used_percent: 61.4,
      available_bytes: 12.4 * GIB,
    },
    disks: disks(ms),
    network: network(ms),
    pressure: {},
    sensors: sensors(ms),
    battery: battery(ms),
    cgroups: cgroups(ms),
    users: {
      users: {
        postgres: {
          processes: 24,
          cpu_percent: wave(ms, 4, 31, 60),
          memory_bytes: 1.9 * GIB,
          sessions: 0,
        },
        ada: {
          processes: 88,
          cpu_percent: wave(ms, 0, 9, 30),
          memory_bytes: 3.4 * GIB,
          sessions: 2,
        },
      },
    },
    processes: { total: 0, running: 0, threads: 0, unreadable: 0, processes: {} },
  }),
}

/** Spoke once, long ago, and has no sensors at all. */
export function silentHost(sinceMs: number): RecordedHost {
  return {
    id: 'mars',
    silentSinceMs: sinceMs,
    at: () => ({
      summary: { name: 'mars', intervals_ms: INTERVALS, cpu_percent: 12.1, memory_percent: 33 },
    }),
  }
}

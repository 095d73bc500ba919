/**
 * totals: what all disks or all interfaces of a host do together. Only what is real is added up:
 * traffic of a container passes its bridge and the card as well, and would count twice.
 */

import type { Disks, Filesystem, Network } from '@bellwether/client'

/** Ends of virtual links and bridges, by how their drivers name them. */
const REPEATS = /^(veth|docker|br-|virbr|cni|flannel|cali|vnet|tap)/

/** Stacked devices pass their requests on to real ones. */
const STACKED = /^(dm-|md\d)/

export function countedInterfaces(network: Network | undefined): string[] {
  const all = Object.keys(network?.interfaces ?? {}).sort()
  const real = all.filter((name) => !REPEATS.test(name))
  return real.length > 0 ? real : all
}

export function countedDevices(disks: Disks | undefined): string[] {
  const all = Object.keys(disks?.devices ?? {}).sort()
  const real = all.filter((name) => !STACKED.test(name))
  return real.length > 0 ? real : all
}

/** The sum of what is known; unknown when nothing is. */
export function sum(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0 ? undefined : known.reduce((total, one) => total + one, 0)
}

/** The file system that is closest to its end; read-only ones are full by nature. */
export function fullest(disks: Disks | undefined): [mount: string, one: Filesystem] | undefined {
  let worst: [string, Filesystem] | undefined
  for (const [mount, one] of Object.entries(disks?.filesystems ?? {})) {
    if (!one.read_only && one.used_percent > (worst?.[1].used_percent ?? -1)) worst = [mount, one]
  }
  return worst
}

/** Row by row the sum of some columns; a row is unknown only where all of them are. */
export function sumColumns(columns: readonly ArrayLike<number>[], rows: number): Float64Array {
  const total = new Float64Array(rows).fill(Number.NaN)
  for (const column of columns) {
    for (let i = 0; i < rows; i += 1) {
      const value = column[i]
      if (value === undefined || Number.isNaN(value)) continue
      const before = total[i] ?? Number.NaN
      total[i] = Number.isNaN(before) ? value : before + value
    }
  }
  return total
}

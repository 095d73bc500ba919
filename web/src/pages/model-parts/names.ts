/** names: a version is `NAME-vN`; an address may name a version, or a model, which stands for one. */

import type { ModelStatus } from '@bellwether/client'

export interface VersionName {
  readonly name: string
  /** Absent where the id names a model and no version of it. */
  readonly version?: number
}

/** `churn-v3` is version 3 of churn; `churn` is the model. */
export function splitId(id: string): VersionName {
  const [, name, version] = /^(.+)-v(\d+)$/.exec(id) ?? []
  return name === undefined ? { name: id } : { name, version: Number(version) }
}

/** "churn v3". */
export function titleOf(id: string): string {
  const { name, version } = splitId(id)
  return version === undefined ? name : `${name} v${String(version)}`
}

export function isInProduction({ aliases }: ModelStatus): boolean {
  return aliases.includes('production')
}

/** All versions of a model, newest first. */
export function versionsOf(name: string, all: Iterable<ModelStatus>): ModelStatus[] {
  return [...all]
    .filter(({ model }) => splitId(model).name === name)
    .sort((a, b) => (splitId(b.model).version ?? 0) - (splitId(a.model).version ?? 0))
}

/** What an address means: the version itself, or of a model the one in production, else the newest. */
export function resolve(id: string, all: readonly ModelStatus[]): ModelStatus | undefined {
  const own = all.find(({ model }) => model === id)
  if (own) return own
  const versions = versionsOf(id, all)
  return versions.find(isInProduction) ?? versions[0]
}

/** The version that would come back: of those that were in production, the one before this one. */
export function before(
  current: ModelStatus | undefined,
  versions: readonly ModelStatus[],
): ModelStatus | undefined {
  return versions
    .filter((one) => one !== current && one.deployed_at_ms !== undefined && one.state !== 'error')
    .sort((a, b) => (b.deployed_at_ms ?? 0) - (a.deployed_at_ms ?? 0))[0]
}

export function pathOf(id: string, tab = 'live'): string {
  return `/models/${encodeURIComponent(id)}/${tab}`
}

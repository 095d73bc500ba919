/** How many things are wrong, and how bad the worst is: for the window's title and its icon. */

import { shallowRef } from 'vue'
import type { Status } from '../status/status'

export interface Badge {
  readonly count: number
  readonly worst: Status
}

export const badge = shallowRef<Badge>({ count: 0, worst: 'ok' })

/** "(2) Now · Bellwether". */
export function titleOf(page: string, { count }: Badge): string {
  const before = count === 0 ? '' : `(${count > 99 ? '99+' : String(count)}) `
  return `${before}${page} · Bellwether`
}

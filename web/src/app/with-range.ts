/** The time range follows from page to page; so does being a wall screen. */

import type { RouteLocationNormalized, RouteLocationRaw } from 'vue-router'

type Place = Pick<RouteLocationNormalized, 'path' | 'hash' | 'query'>

const RANGE = ['t', 'from', 'to'] as const

/** A link that says nothing of time leads to the same stretch of time on another page; a wall screen stays one. */
export function withRange(to: Place, from: Place): RouteLocationRaw | true {
  if (to.path === from.path) return true
  const says = (key: string): boolean => to.query[key] !== undefined
  const follow = [...(RANGE.some(says) ? [] : RANGE), ...(says('kiosk') ? [] : ['kiosk'])]
  const kept = follow.flatMap((key) =>
    from.query[key] === undefined ? [] : [[key, from.query[key]] as const],
  )
  if (kept.length === 0) return true
  return { path: to.path, hash: to.hash, query: { ...to.query, ...Object.fromEntries(kept) } }
}

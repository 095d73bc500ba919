/**
 * notices: what is told in the corner for a few seconds (UX.md section 3, toasts). Enters: what
 * happened, from anywhere on the page. Leaves: a list, oldest first. What comes again from the same
 * source within 30 s is counted, not repeated; time only runs for what is seen and not held.
 */

import { shallowRef } from 'vue'

export type Level = 'success' | 'info' | 'warning' | 'danger'

export interface NoticeWish {
  readonly level: Level
  readonly text: string
  /** What it is about: the same again is folded, and what is resolved goes away. */
  readonly source?: string
  /** What can be done about it: Undo, mostly. */
  readonly action?: { readonly text: string; readonly run: () => void }
}

export interface Notice extends NoticeWish {
  readonly id: number
  readonly times: number
  readonly atMs: number
  readonly leftMs: number
}

const SHOWN_MS: Readonly<Record<Level, number>> = {
  success: 3_000,
  info: 4_000,
  warning: 6_000,
  danger: 8_000,
}
/** Whoever can do something needs time to. */
const LEAST_WITH_ACTION_MS = 5_000
const FOLD_MS = 30_000
/** More than this are not kept: they are in Activity as well. */
const MOST_WAITING = 50

let lastId = 0

function shownMs({ level, action }: NoticeWish): number {
  return Math.max(SHOWN_MS[level], action ? LEAST_WITH_ACTION_MS : 0)
}

export function posted(list: readonly Notice[], wish: NoticeWish, nowMs: number): Notice[] {
  const same = list.find(
    (one) => one.source !== undefined && one.source === wish.source && nowMs - one.atMs < FOLD_MS,
  )
  lastId += 1
  if (!same) {
    const fresh: Notice = { ...wish, id: lastId, times: 1, atMs: nowMs, leftMs: shownMs(wish) }
    return [...list, fresh].slice(-MOST_WAITING)
  }
  const folded = { ...wish, id: same.id, times: same.times + 1, atMs: nowMs, leftMs: shownMs(wish) }
  return list.map((one) => (one === same ? folded : one))
}

/** The newest are seen; time passes for them only. */
export function passed(list: readonly Notice[], most: number, ms: number): Notice[] {
  const first = list.length - most
  return list
    .map((one, i) => (i >= first ? { ...one, leftMs: one.leftMs - ms } : one))
    .filter(({ leftMs }) => leftMs > 0)
}

const list = shallowRef<readonly Notice[]>([])

/** Oldest first. */
export const notices: Readonly<typeof list> = list

export function notify(wish: NoticeWish): void {
  list.value = posted(list.value, wish, Date.now())
}

export function dismiss(id: number | undefined): void {
  list.value = list.value.filter((one) => one.id !== id)
}

export function passTime(most: number, ms: number): void {
  list.value = passed(list.value, most, ms)
}

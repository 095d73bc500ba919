/**
 * One crosshair for all charts of a page: the time under the pointer or the keys, and who set it.
 * uPlot's own `cursor.sync` moves the lines of its charts; this carries the time to everything else.
 */

import { type InjectionKey, type ShallowRef, inject, provide, shallowRef } from 'vue'

export interface Crosshair {
  /** The time that is pointed at; nothing when the pointer is elsewhere. */
  readonly atMs: ShallowRef<number | undefined>
  /** Charts of the same page share it. */
  readonly key: string
}

const CROSSHAIR: InjectionKey<Crosshair> = Symbol('crosshair')

let pages = 0

export function provideCrosshair(): Crosshair {
  pages += 1
  const crosshair = { atMs: shallowRef<number>(), key: `page-${String(pages)}` }
  provide(CROSSHAIR, crosshair)
  return crosshair
}

export function useCrosshair(): Crosshair {
  return inject(CROSSHAIR, () => ({ atMs: shallowRef<number>(), key: 'alone' }), true)
}

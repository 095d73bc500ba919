/**
 * speech: what screen readers are told. Two regions for the whole page (app/SpokenRegions.vue): a polite
 * one for changes of state and for what somebody asked for, an assertive one for what is critical.
 * Changes come at most once in 10 s; what comes in between is told together, critical things folded.
 */

import { shallowRef } from 'vue'

const SPACING_MS = 10_000
/** More than this is not listened to: the rest is counted. */
const MOST_TOGETHER = 3

export interface Region {
  readonly text: Readonly<{ value: string }>
  /** When its turn comes. */
  add(sentence: string, about?: string): void
  /** Now: somebody just asked for it. */
  say(sentence: string): void
}

/** `about`: a newer sentence about the same takes the place of one that still waits. */
export function createRegion(clock: () => number = () => performance.now()): Region {
  const text = shallowRef('')
  let waiting: { sentence: string; about: string | undefined }[] = []
  let saidMs = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined

  function put(sentence: string): void {
    // The same words again are only spoken when the text differs.
    text.value = sentence === text.value ? `${sentence}\u00a0` : sentence
  }

  function flush(): void {
    const told = waiting.slice(0, MOST_TOGETHER).map(({ sentence }) => sentence)
    const more = waiting.length - told.length
    waiting = []
    saidMs = clock()
    put([...told, ...(more > 0 ? [`${String(more)} more.`] : [])].join(' '))
  }

  return {
    text,
    add(sentence, about) {
      waiting = waiting.filter((one) => about === undefined || one.about !== about)
      waiting.push({ sentence, about })
      clearTimeout(timer)
      timer = setTimeout(flush, Math.max(0, saidMs + SPACING_MS - clock()))
    },
    say: put,
  }
}

export const polite = createRegion()
export const assertive = createRegion()

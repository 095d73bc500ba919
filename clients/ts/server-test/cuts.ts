/**
 * cuts: takes a way apart at random, from a seed: at once, in the middle of a message, late, after it was
 * not read for a while, and with nothing there to come back to.
 */
import type { Carrier, Proxy } from './proxy.ts'
import { until } from './until.ts'

/** A source of randomness that can be had again: mulberry32. In [0, 1). */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Wish {
  readonly proxy: Proxy
  readonly carrier: Carrier
  readonly cuts: number
  readonly random: () => number
  /** How much has come so far. */
  readonly heard: () => number
}

/** Until so many of the carrier were cut. */
export async function cutAtRandom({ proxy, carrier, cuts, random, heard }: Wish): Promise<void> {
  const upTo = (most: number) => Math.floor(random() * (most + 1))
  while (proxy.cuts[carrier] < cuts) {
    // Sometimes nothing at all comes between two cuts, so that beginnings are cut too.
    const enough = heard() + upTo(2)
    await until(() => heard() >= enough)
    await until(() => carrier === 'poll' || proxy.carries(carrier))
    switch (upTo(4)) {
      case 0:
        proxy.cut()
        break
      case 1:
        await proxy.cutAfter(upTo(500))
        break
      case 2:
        proxy.delayMs = 1 + upTo(15)
        await proxy.cutAfter(upTo(500))
        proxy.delayMs = 0
        break
      case 3:
        proxy.stalled = true
        await elapse(upTo(40))
        proxy.cut()
        break
      default:
        proxy.dead = true
        proxy.cut()
        await elapse(upTo(30))
        proxy.dead = false
    }
  }
}

/** For as long as a fault lasts. */
function elapse(ms: number): Promise<void> {
  return new Promise((over) => setTimeout(over, ms))
}

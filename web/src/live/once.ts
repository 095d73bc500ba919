/**
 * once: what outlives a page of the product, such as its settings: one of each for the whole page, made
 * when it is first asked for. Enters: how it is made, from the live layer. Leaves: its refs without
 * `.value`, as a component's template has them. May not be asked for outside of a setup.
 */
import { type Reactive, effectScope, reactive } from 'vue'
import { type Live, useLive } from './live'

export function once<T extends object>(make: (live: Live) => T): () => Reactive<T> {
  const made = new WeakMap<Live, Reactive<T>>()
  return () => {
    const live = useLive()
    const known = made.get(live)
    if (known) return known
    // Nobody's scope: what it watches does not end with the component that asked first.
    const one = effectScope(true).run(() => reactive(make(live)))
    if (!one) throw new Error('a scope that has just begun is over')
    made.set(live, one)
    return one
  }
}

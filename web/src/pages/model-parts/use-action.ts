/**
 * use-action: something that the server does and tells of. The button waits for both: that it was
 * taken, and that what the page shows is so. Nothing is shown as done before.
 */

import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { notify } from '../../components/notices'
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- not part of the first load
import { reasonOf } from '../../live/rest'

/** Longer than this nobody should look at a button that waits; the change may still come. */
const EVENT_MS = 10_000

export interface Wish {
  /** Which button waits. */
  readonly name: string
  readonly run: () => Promise<unknown>
  /** Whether the page shows it: the server's event came. */
  readonly done: () => boolean
  readonly said: string
  readonly undo?: { readonly text: string; readonly run: () => void }
}

export function useAction() {
  const pending = ref<string>()
  const failed = ref('')
  const stop = shallowRef<() => void>()

  function rest(): void {
    stop.value?.()
    stop.value = undefined
    pending.value = undefined
  }

  /** Resolves once it is done; false where it was refused. */
  async function act({ name, run, done, said, undo }: Wish): Promise<boolean> {
    if (pending.value !== undefined) return false
    pending.value = name
    failed.value = ''
    try {
      await run()
    } catch (error) {
      failed.value = reasonOf(error)
      notify({ level: 'danger', text: failed.value, source: `action:${name}` })
      rest()
      return false
    }
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, EVENT_MS)
      const unwatch = watch(done, (is) => is && resolve(), { immediate: true })
      stop.value = () => {
        clearTimeout(late)
        unwatch()
        resolve()
      }
    })
    rest()
    const action = undo ? { action: undo } : {}
    notify({ level: 'success', text: said, source: `action:${name}`, ...action })
    return true
  }

  onScopeDispose(rest)
  return { pending, failed, act }
}

/** use-pin: whether something stands on Now, and the way there and back; kept in the user's settings. */

import { type MaybeRefOrGetter, computed, toValue } from 'vue'
import { useSettings } from '../../app/settings'
import type { Pin } from '../../components/chart/source'
import { notify } from '../../components/notices'

/** More would make Now a page of charts. */
const MOST = 8

export function usePin(pin: MaybeRefOrGetter<string>, title: MaybeRefOrGetter<string>) {
  const settings = useSettings()
  const on = computed(() => settings.now.pinned.includes(toValue(pin)))

  async function keep(pinned: readonly string[], said: string, undo?: () => void): Promise<void> {
    // What could not be kept is taken back and told by the settings themselves.
    if (!(await settings.change({ pinned }))) return
    const action = undo ? { action: { text: 'Undo', run: undo } } : {}
    notify({ level: 'success', text: said, source: 'pin', ...action })
  }

  function toggle(): void {
    const [before, one, what] = [settings.now.pinned, toValue(pin), toValue(title)]
    if (on.value) {
      void keep(
        before.filter((other) => other !== one),
        `${what} is not on Now any more.`,
        () => void keep(before, `${what} is on Now again.`),
      )
    } else if (before.length >= MOST) {
      const text = `${MOST} charts are pinned to Now, which is all it takes. Unpin one first.`
      notify({ level: 'info', text, source: 'pin' })
    } else void keep([...before, one], `${what} is pinned to Now.`)
  }

  return computed<Pin>(() => ({ on: on.value, toggle }))
}

/** may: what the person who is signed in may do here, and what to say where they may not. */

import { computed } from 'vue'
import { useSession } from './session'

export function useMay() {
  const account = useSession()
  const role = computed(() => account.session?.role)
  /** Upload, train, cancel, deploy. */
  const act = computed(() => role.value === 'operator' || role.value === 'admin')
  /** Delete what cannot be made again. */
  const remove = computed(() => role.value === 'admin')
  /** Whether this server has a part (docs/CONFIGURATION.md). */
  const has = (part: string): boolean => !account.session?.off?.includes(part)
  /** For titles of buttons that are off. */
  const whyNot = computed(() =>
    act.value
      ? undefined
      : `Your role is ${role.value ?? 'unknown'}: only operators and admins may.`,
  )
  return { act, remove, has, whyNot }
}

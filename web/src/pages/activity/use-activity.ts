/**
 * use-activity: what happened, live and older ones page by page, for as long as the page lives. While
 * somebody has scrolled away, new ones wait and are counted.
 */

import type { PastEvent, Position } from '@bellwether/client'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { useEvents } from '../../live'
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- through live's index it would be part of the first load
import { useLedger } from '../../live/ledger'
import { merge } from './entries'

const PAGE = 50
/** Entries that are kept while the page is open. */
const KEPT = 1_000
/** Scrolled further than this, nobody sees the newest. */
const AWAY_PX = 80

export type Reading =
  | { readonly is: 'idle' }
  | { readonly is: 'reading' }
  | { readonly is: 'failed'; readonly detail: string }
  /** There is nothing older. */
  | { readonly is: 'done' }

export function useActivity() {
  const ledger = useLedger()
  const live = useEvents('activity', KEPT)
  const past = shallowRef<readonly PastEvent<'activity'>[]>([])
  const reading = shallowRef<Reading>({ is: 'idle' })
  let older: Position | undefined

  /** The next older ones; the first time the newest, which the socket may not have any more. */
  async function readOlder(): Promise<void> {
    if (reading.value.is === 'reading') return
    reading.value = { is: 'reading' }
    try {
      const answer = await ledger.events({ topic: 'activity', before: older, limit: PAGE })
      past.value = [...past.value, ...answer.events]
      older = answer.older
      reading.value = older ? { is: 'idle' } : { is: 'done' }
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      reading.value = { is: 'failed', detail }
    }
  }

  const all = computed(() => merge(live.value, past.value))

  /** The newest entry that is shown while somebody has scrolled away. */
  const heldAt = ref<number>()
  const waiting = computed(() =>
    heldAt.value === undefined ? 0 : all.value.filter(({ at }) => at > (heldAt.value ?? 0)).length,
  )
  const shown = computed(() => (waiting.value === 0 ? all.value : all.value.slice(waiting.value)))

  function scrolled(): void {
    if (window.scrollY <= AWAY_PX) heldAt.value = undefined
    else heldAt.value ??= all.value[0]?.at
  }

  function showNew(): void {
    heldAt.value = undefined
    window.scrollTo({ top: 0 })
  }

  window.addEventListener('scroll', scrolled, { passive: true })
  onScopeDispose(() => window.removeEventListener('scroll', scrolled))
  void readOlder()
  return { all, shown, waiting, showNew, reading, readOlder }
}

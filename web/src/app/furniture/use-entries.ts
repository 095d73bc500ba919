/** What the palette offers now: pages, hosts with their pages, and actions. */

import { computed } from 'vue'
import { useRouter } from 'vue-router'
import { windowTitle } from '../../components/range-name'
import { capitalised } from '../../format/sentence'
import { WINDOWS, useTimeRange, useTopics } from '../../live'
import { useSession } from '../session'
import { type EnergyWish, useSettings } from '../settings'
import { workingShortcuts } from '../shortcuts'
import { THEME_WORD, type Theme } from '../theme'
import type { Entry } from './palette/entries'
import { PALETTE_KEYS } from '../keyboard'

const ENERGY_WORD: Record<EnergyWish, string> = {
  full: 'Full: everything as it happens',
  saver: 'Saver: every 5 seconds',
  auto: 'Auto: saves when the battery is low',
}

const HOST_PAGE = /^\/hosts\/:id\/([^/:]+)$/

export function useEntries(copyLink: (kind: 'moment' | 'live') => void) {
  const router = useRouter()
  const account = useSession()
  const settings = useSettings()
  const time = useTimeRange()
  const summaries = useTopics(() => 'host/*/summary' as const)

  const keysOf = (does: string): string | undefined =>
    workingShortcuts().find((one) => one.does === does)?.keys

  function pages(): Entry[] {
    return router.getRoutes().flatMap(({ path, meta, redirect }) => {
      const { title } = meta
      if (title === undefined || redirect !== undefined || path.includes(':')) return []
      const keys = keysOf(`Go to ${title}`)
      const run = (): void => void router.push(path)
      return [{ id: path, group: 'Pages', text: title, ...(keys ? { keys } : {}), run }]
    })
  }

  function hosts(): Entry[] {
    const tabs = router.getRoutes().flatMap(({ path }) => HOST_PAGE.exec(path)?.[1] ?? [])
    return [...summaries.value].flatMap(([topic, { value }]) => {
      const host = topic.split('/')[1] ?? ''
      return tabs.map((tab): Entry => {
        const path = `/hosts/${encodeURIComponent(host)}/${tab}`
        const text = `${value.name}: ${capitalised(tab)}`
        return { id: path, group: 'Hosts', text, run: () => void router.push(path) }
      })
    })
  }

  function actions(): Entry[] {
    const action = (id: string, text: string, run: () => void): Entry => ({
      id,
      group: 'Actions',
      text,
      run,
    })
    const byKey = workingShortcuts()
      .filter(({ keys }) => keys !== PALETTE_KEYS && keys !== 'Escape' && !keys.startsWith('g '))
      .map(({ keys, does, run }): Entry => ({ ...action(does, does, run), keys }))
    const themes = Object.entries(THEME_WORD).map(([theme, word]) =>
      action(`theme:${theme}`, `Theme: ${word}`, () => {
        void settings.change({ theme: theme as Theme })
      }),
    )
    const energies = Object.entries(ENERGY_WORD).map(([energy, word]) =>
      action(`energy:${energy}`, `Updates: ${word}`, () => {
        void settings.change({ energy: energy as EnergyWish })
      }),
    )
    const ranges = WINDOWS.map(({ text, ms }) =>
      action(`range:${text}`, `Time range: ${windowTitle(ms)}`, () => {
        time.setRange({ is: 'live', windowMs: ms })
      }),
    )
    const signOut = action('sign-out', 'Sign out', () => void account.signOut())
    return [
      ...byKey,
      action('copy:live', 'Copy a link to the live view', () => copyLink('live')),
      ...ranges,
      ...themes,
      ...energies,
      ...(account.session?.user === 'anonymous' ? [] : [signOut]),
    ]
  }

  return computed(() => [...pages(), ...hosts(), ...actions()])
}

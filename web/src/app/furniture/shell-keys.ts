/** The keys that work on every page (UX.md section 3), as far as there is something behind them. */

import { type RouteLocationRaw, useRouter } from 'vue-router'
import { shiftRange, useServerNow, useTimeRange, zoomRange } from '../../live'
import { useSettings } from '../settings'
import { PALETTE_KEYS } from '../keyboard'
import { type Shortcut, useShortcuts } from '../shortcuts'
import { toggleTable } from './toggle-table'

export interface ShellActions {
  readonly showRange: () => void
  readonly showPalette: () => void
  readonly showHelp: () => void
  readonly copyLink: () => void
}

/** The second letter after `g`. */
const PLACES: readonly [letter: string, path: string, title: string][] = [
  ['n', '/', 'Now'],
  ['w', '/why', 'Why'],
  ['h', '/hosts', 'Hosts'],
  ['m', '/models', 'Models'],
  ['e', '/machines', 'Machines'],
  ['a', '/alerts', 'Alerts'],
  ['l', '/activity', 'Activity'],
  ['s', '/settings', 'Settings'],
]

/** The first search box of the page that can be seen. */
function focusFilter(): void {
  const boxes = [...document.querySelectorAll<HTMLElement>('main input[type="search"]')]
  boxes.find((box) => box.offsetParent !== null)?.focus()
}

export function useShellKeys(actions: ShellActions): void {
  const router = useRouter()
  const settings = useSettings()
  const time = useTimeRange()
  const now = useServerNow()

  const go = (to: RouteLocationRaw): void => void router.push(to)
  const paths = router.getRoutes().map(({ path }) => path)
  const places = PLACES.filter(([, path]) => paths.includes(path)).map(
    ([letter, path, title]): Shortcut => ({
      keys: `g ${letter}`,
      does: `Go to ${title}`,
      run: () => go(path),
    }),
  )

  function togglePause(): void {
    if (time.pausedAt === undefined) time.pause()
    else time.resume()
  }

  useShortcuts(
    { keys: PALETTE_KEYS, does: 'Search pages, hosts and actions', run: actions.showPalette },
    ...places,
    { keys: 'Space', does: 'Pause and resume', run: togglePause },
    { keys: 't', does: 'Choose the time range', run: actions.showRange },
    {
      keys: '[',
      does: 'Half a range back',
      run: () => time.setRange(shiftRange(time.range, -1, now.value)),
    },
    {
      keys: ']',
      does: 'Half a range forward',
      run: () => time.setRange(shiftRange(time.range, 1, now.value)),
    },
    {
      keys: '+',
      does: 'Half the range',
      run: () => time.setRange(zoomRange(time.range, 'in', now.value)),
    },
    {
      keys: '-',
      does: 'Twice the range',
      run: () => time.setRange(zoomRange(time.range, 'out', now.value)),
    },
    { keys: 'c', does: 'Copy a link to this moment', run: actions.copyLink },
    { keys: 'x', does: 'Table or chart, where the pointer or the focus is', run: toggleTable },
    { keys: '/', does: 'Filter what is on this page', run: focusFilter },
    { keys: 'd', does: 'Another theme', run: () => void settings.turnTheme() },
    { keys: '?', does: 'These keys', run: actions.showHelp },
  )
}

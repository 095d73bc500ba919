/** Which page stands at which address. All but the first come when they are opened. */

import {
  type RouteLocationNormalized,
  type RouteLocationRaw,
  type RouteRecordRaw,
  createRouter,
  createWebHistory,
} from 'vue-router'
import type { SessionAnswer } from '../live'
import type { LATER } from '../pages/later'
import NowPage from '../pages/now/NowPage.vue'

declare module 'vue-router' {
  interface RouteMeta {
    /** The page's heading and the window's title; without one, the host's name. */
    title?: string
    /** Whether the time range says anything here. */
    timeless?: boolean
  }
}

/** A page that is fetched when it is first opened. */
function later(name: keyof typeof LATER) {
  return async () => (await import('../pages/later')).LATER[name]()
}

const HOST_TABS = ['overview', 'services', 'users', 'disks', 'network', 'sensors'] as const

/** Each with its title; the first is where the settings open. */
const SETTINGS = [
  ['general', 'Settings'],
  ['access', 'Access'],
  ['connections', 'Connections'],
  ['health', 'Health'],
  ['retention', 'Retention'],
] as const

const byId = ({ params }: { params: Record<string, string | string[]> }) => ({
  id: String(params.id),
})

function routesFor(session: SessionAnswer): RouteRecordRaw[] {
  const mayReadCommands = session.role === 'operator' || session.role === 'admin'
  return [
    { path: '/', component: NowPage, props: { hostId: session.host }, meta: { title: 'Now' } },
    { path: '/sign-in', redirect: '/' },
    { path: '/hosts', component: later('hosts'), meta: { title: 'Hosts' } },
    {
      path: '/activity',
      component: later('activity'),
      meta: { title: 'Activity', timeless: true },
    },
    { path: '/settings', redirect: '/settings/general' },
    ...SETTINGS.map(([tab, title]) => ({
      path: `/settings/${tab}`,
      component: later(tab),
      meta: { title, timeless: true },
    })),
    { path: '/hosts/:id', redirect: ({ params }) => `/hosts/${String(params.id)}/overview` },
    ...HOST_TABS.map((tab) => ({
      path: `/hosts/:id/${tab}`,
      component: later(tab),
      props: byId,
    })),
    {
      path: '/hosts/:id/processes',
      component: later('processes'),
      props: ({ params }) => ({ id: String(params.id), mayReadCommands }),
    },
    {
      path: '/:rest(.*)*',
      component: later('notFound'),
      meta: { title: 'Nothing here', timeless: true },
    },
  ]
}

type Place = Pick<RouteLocationNormalized, 'path' | 'hash' | 'query'>

const RANGE = ['t', 'from', 'to'] as const

/** A link that says nothing of time leads to the same stretch of time on another page; a wall screen stays one. */
export function withRange(to: Place, from: Place): RouteLocationRaw | true {
  if (to.path === from.path) return true
  const says = (key: string): boolean => to.query[key] !== undefined
  const follow = [...(RANGE.some(says) ? [] : RANGE), ...(says('kiosk') ? [] : ['kiosk'])]
  const kept = follow.flatMap((key) =>
    from.query[key] === undefined ? [] : [[key, from.query[key]] as const],
  )
  if (kept.length === 0) return true
  return { path: to.path, hash: to.hash, query: { ...to.query, ...Object.fromEntries(kept) } }
}

export function createAppRouter(session: SessionAnswer) {
  const router = createRouter({
    history: createWebHistory(),
    routes: routesFor(session),
    // A changed query (range, filter, order) is the same place; another page starts at its top.
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  })
  router.beforeEach((to, from) => withRange(to, from))
  return router
}

/** Which page stands at which address. All but the first come when they are opened. */

import { type RouteRecordRaw, createRouter, createWebHistory } from 'vue-router'
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

const byId = ({ params }: { params: Record<string, string | string[]> }) => ({
  id: String(params.id),
})

function routesFor(session: SessionAnswer): RouteRecordRaw[] {
  const mayReadCommands = session.role === 'operator' || session.role === 'admin'
  return [
    { path: '/', component: NowPage, props: { hostId: session.host }, meta: { title: 'Now' } },
    { path: '/sign-in', redirect: '/' },
    { path: '/hosts', component: later('hosts'), meta: { title: 'Hosts' } },
    { path: '/hosts/:id', redirect: ({ params }) => `/hosts/${String(params.id)}/overview` },
    {
      path: '/hosts/:id/overview',
      component: later('overview'),
      props: byId,
    },
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

export function createAppRouter(session: SessionAnswer) {
  return createRouter({
    history: createWebHistory(),
    routes: routesFor(session),
    // A changed query (range, filter, order) is the same place; another page starts at its top.
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  })
}

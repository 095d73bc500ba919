/** Which page stands at which address. The host's pages come when they are first opened. */

import { type RouteRecordRaw, createRouter, createWebHistory } from 'vue-router'
import NowPage from '../pages/now/NowPage.vue'
import type { SessionAnswer } from '../live'

declare module 'vue-router' {
  interface RouteMeta {
    /** The page's heading and the window's title; without one, the host's name. */
    title?: string
    /** Whether the time range says anything here. */
    timeless?: boolean
  }
}

function routesFor(session: SessionAnswer): RouteRecordRaw[] {
  const mayReadCommands = session.role === 'operator' || session.role === 'admin'
  return [
    { path: '/', component: NowPage, props: { hostId: session.host }, meta: { title: 'Now' } },
    { path: '/sign-in', redirect: '/' },
    { path: '/hosts', redirect: `/hosts/${encodeURIComponent(session.host)}/overview` },
    { path: '/hosts/:id', redirect: ({ params }) => `/hosts/${String(params.id)}/overview` },
    {
      path: '/hosts/:id/overview',
      component: () => import('../pages/host/OverviewPage.vue'),
      props: ({ params }) => ({ id: String(params.id) }),
    },
    {
      path: '/hosts/:id/processes',
      component: () => import('../pages/host/ProcessesPage.vue'),
      props: ({ params }) => ({ id: String(params.id), mayReadCommands }),
    },
    {
      path: '/:rest(.*)*',
      component: () => import('../pages/not-found/NotFoundPage.vue'),
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

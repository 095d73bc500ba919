/**
 * Which page stands at which address: Now, which is here, and all others, whose addresses are fetched
 * when somebody wants one that is not known yet.
 */

import { createRouter, createWebHistory } from 'vue-router'
import type { SessionAnswer } from '../live'
import NowPage from '../pages/now/NowPage.vue'

declare module 'vue-router' {
  interface RouteMeta {
    /** The page's heading and the window's title; without one, the host's name. */
    title?: string
    /** Whether the time range says anything here. */
    timeless?: boolean
  }
}

const later = () => import('../pages/later')

export function createAppRouter(session: SessionAnswer) {
  const router = createRouter({
    history: createWebHistory(),
    routes: [
      { path: '/', component: NowPage, props: { hostId: session.host }, meta: { title: 'Now' } },
      { path: '/sign-in', redirect: '/' },
      {
        path: '/:rest(.*)*',
        component: async () => (await later()).nothingHere(),
        meta: { title: 'Nothing here', timeless: true },
      },
    ],
    // A changed query (range, filter, order) is the same place; another page starts at its top.
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  })
  router.beforeEach(async (to, from) => {
    if (to.path === from.path) return true
    const { addPages, withRange } = await later()
    addPages(router, session)
    // Known only now, perhaps, and whoever made it known: looked up once more.
    const known = router.resolve(to.fullPath).matched[0] === to.matched[0]
    return known ? withRange(to, from) : to.fullPath
  })
  return router
}

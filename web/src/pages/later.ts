/**
 * later: every page but Now, with its address. None is part of the first load, and neither is this list:
 * it is fetched when somebody goes somewhere, or with the furniture of the shell.
 */

import type { Router, RouteRecordRaw } from 'vue-router'
import type { SessionAnswer } from '../live'

export { withRange } from '../app/with-range'

const HOST_TABS = {
  overview: () => import('./host/OverviewPage.vue'),
  services: () => import('./host/ServicesPage.vue'),
  users: () => import('./host/UsersPage.vue'),
  disks: () => import('./host/DisksPage.vue'),
  network: () => import('./host/NetworkPage.vue'),
  sensors: () => import('./host/SensorsPage.vue'),
}

/** The first is where the settings open. */
const SETTINGS = {
  general: { title: 'Settings', page: () => import('./settings/GeneralPage.vue') },
  access: { title: 'Access', page: () => import('./settings/AccessPage.vue') },
  connections: { title: 'Connections', page: () => import('./settings/ConnectionsPage.vue') },
  health: { title: 'Health', page: () => import('./settings/HealthPage.vue') },
  retention: { title: 'Retention', page: () => import('./settings/RetentionPage.vue') },
}

const byId = ({ params }: { params: Record<string, string | string[]> }) => ({
  id: String(params.id),
})

function hostRoutes(mayReadCommands: boolean): RouteRecordRaw[] {
  return [
    { path: '/hosts', component: () => import('./hosts/HostsPage.vue'), meta: { title: 'Hosts' } },
    { path: '/hosts/:id', redirect: ({ params }) => `/hosts/${String(params.id)}/overview` },
    ...Object.entries(HOST_TABS).map(([tab, component]) => ({
      path: `/hosts/:id/${tab}`,
      component,
      props: byId,
    })),
    {
      path: '/hosts/:id/processes',
      component: () => import('./host/ProcessesPage.vue'),
      props: ({ params }) => ({ id: String(params.id), mayReadCommands }),
    },
  ]
}

function settingsRoutes(): RouteRecordRaw[] {
  return [
    { path: '/settings', redirect: '/settings/general' },
    ...Object.entries(SETTINGS).map(([tab, { title, page }]) => ({
      path: `/settings/${tab}`,
      component: page,
      meta: { title, timeless: true },
    })),
  ]
}

/** Datasets, and trainings. `:run` and not `:id`, which names a host wherever it stands. */
function trainingRoutes(): RouteRecordRaw[] {
  return []
}

/** Models and their versions. */
function modelRoutes(): RouteRecordRaw[] {
  return [{ path: '/models', redirect: '/models/new' }]
}

function pagesFor(session: SessionAnswer): RouteRecordRaw[] {
  const mayReadCommands = session.role === 'operator' || session.role === 'admin'
  return [
    ...hostRoutes(mayReadCommands),
    ...trainingRoutes(),
    ...modelRoutes(),
    {
      path: '/activity',
      component: () => import('./activity/ActivityPage.vue'),
      meta: { title: 'Activity', timeless: true },
    },
    ...settingsRoutes(),
  ]
}

const knowing = new WeakSet<Router>()

/** Whether there was something to add: each router takes them once. */
export function addPages(router: Router, session: SessionAnswer): boolean {
  if (knowing.has(router)) return false
  knowing.add(router)
  for (const route of pagesFor(session)) router.addRoute(route)
  return true
}

export const nothingHere = () => import('./not-found/NotFoundPage.vue')

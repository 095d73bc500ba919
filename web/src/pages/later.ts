/**
 * later: every page but Now, with its address. None is part of the first load, and neither is this list:
 * it is fetched when somebody goes somewhere, or with the furniture of the shell.
 */

import type { RouteLocationNormalized, Router, RouteRecordRaw } from 'vue-router'
import type { SessionAnswer } from '../live'
import { TABS, tabOf } from './model/tabs'
import { pathOf, titleOf } from './model-parts/names'
import { titleOf as signalTitle } from './signals/names'

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
  return [
    {
      path: '/models/new',
      component: () => import('./models-new/NewModelPage.vue'),
      meta: { title: 'Train a model', timeless: true },
    },
    {
      path: '/models/data',
      component: () => import('./data/DataPage.vue'),
      meta: { title: 'Datasets', timeless: true },
    },
    {
      path: '/jobs',
      component: () => import('./jobs/JobsPage.vue'),
      meta: { title: 'Trainings', timeless: true },
    },
    {
      path: '/jobs/:run',
      component: () => import('./jobs/JobPage.vue'),
      props: ({ params }) => ({ run: String(params.run) }),
      meta: { title: 'Training', timeless: true },
    },
  ]
}

/** Models and their versions. `:model` and not `:id`, which names a host wherever it stands. */
function modelRoutes(): RouteRecordRaw[] {
  return [
    {
      path: '/models',
      component: () => import('./models/ModelsPage.vue'),
      meta: { title: 'Models', timeless: true },
    },
    {
      path: '/models/performance',
      component: () => import('./models/PerformancePage.vue'),
      meta: { title: 'Performance' },
    },
    { path: '/models/:model', redirect: ({ params }) => pathOf(String(params.model)) },
    ...TABS.map(([tab]) => ({
      path: `/models/:model/${tab}`,
      component: () => import('./model/ModelPage.vue'),
      props: ({ params }: { params: Record<string, string | string[]> }) => ({
        id: String(params.model),
        tab,
      }),
      meta: { timeless: tab !== 'live' },
    })),
  ]
}

/** Users' own signals. `:signal` is the topic below `app/`, with all its segments. */
function signalRoutes(): RouteRecordRaw[] {
  return [
    {
      path: '/signals',
      component: () => import('./signals/SignalsPage.vue'),
      meta: { title: 'Own signals', timeless: true },
    },
    {
      path: '/signals/:signal(.+)',
      component: () => import('./signals/SignalPage.vue'),
      props: ({ params }) => ({ signal: String(params.signal) }),
    },
  ]
}

function alertRoutes(): RouteRecordRaw[] {
  return [
    {
      path: '/alerts',
      component: () => import('./alerts/AlertsPage.vue'),
      meta: { title: 'Alerts', timeless: true },
    },
    {
      path: '/alerts/rules',
      component: () => import('./alerts/RulesPage.vue'),
      meta: { title: 'Rules of alerts', timeless: true },
    },
    {
      path: '/alerts/rules/new',
      component: () => import('./alerts/RulePage.vue'),
      props: ({ query }) => ({ series: typeof query.series === 'string' ? query.series : '' }),
      meta: { title: 'New rule', timeless: true },
    },
    {
      path: '/alerts/rules/edit/:rule',
      component: () => import('./alerts/RulePage.vue'),
      props: ({ params }) => ({ name: String(params.rule) }),
      meta: { title: 'Rule', timeless: true },
    },
    {
      path: '/alerts/:alert',
      component: () => import('./alerts/AlertPage.vue'),
      props: ({ params }) => ({ id: String(params.alert) }),
      meta: { title: 'Alert', timeless: true },
    },
  ]
}

/** A page of a signal is called by its topic. */
function nameSignal({ params: { signal }, meta }: RouteLocationNormalized): void {
  if (typeof signal === 'string') meta.title = signalTitle(`app/${signal}`)
}

/** A page of a model is called by the model. */
function nameModel({ params: { model }, path, meta }: RouteLocationNormalized): void {
  if (typeof model !== 'string') return
  const tab = tabOf(path.split('/').at(-1) ?? '')
  const title = TABS.find(([one]) => one === tab)?.[1] ?? ''
  meta.title = tab === 'live' ? titleOf(model) : `${titleOf(model)}: ${title.toLowerCase()}`
}

function pagesFor(session: SessionAnswer): RouteRecordRaw[] {
  const mayReadCommands = session.role === 'operator' || session.role === 'admin'
  /** Pages of a part that this server does without are not there. */
  const of = (part: string, pages: RouteRecordRaw[]) => (session.off?.includes(part) ? [] : pages)
  return [
    ...hostRoutes(mayReadCommands),
    ...of('training', trainingRoutes()),
    ...of('models', modelRoutes()),
    ...of('own-signals', signalRoutes()),
    ...of('alerts', alertRoutes()),
    {
      path: '/activity',
      component: () => import('./activity/ActivityPage.vue'),
      meta: { title: 'Activity', timeless: true },
    },
    ...settingsRoutes(),
  ]
}

const knowing = new WeakSet<Router>()

/** Each router takes them once. */
export function addPages(router: Router, session: SessionAnswer): void {
  if (knowing.has(router)) return
  knowing.add(router)
  for (const route of pagesFor(session)) router.addRoute(route)
  router.beforeEach((to) => {
    nameModel(to)
    nameSignal(to)
  })
}

export const nothingHere = () => import('./not-found/NotFoundPage.vue')

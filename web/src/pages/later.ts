/**
 * later: where each page is that is not part of the first load. The names of their files stand here and
 * not in the router, which is part of it.
 */
export const LATER = {
  hosts: () => import('./hosts/HostsPage.vue'),
  overview: () => import('./host/OverviewPage.vue'),
  processes: () => import('./host/ProcessesPage.vue'),
  activity: () => import('./activity/ActivityPage.vue'),
  general: () => import('./settings/GeneralPage.vue'),
  access: () => import('./settings/AccessPage.vue'),
  connections: () => import('./settings/ConnectionsPage.vue'),
  health: () => import('./settings/HealthPage.vue'),
  retention: () => import('./settings/RetentionPage.vue'),
  services: () => import('./host/ServicesPage.vue'),
  users: () => import('./host/UsersPage.vue'),
  disks: () => import('./host/DisksPage.vue'),
  network: () => import('./host/NetworkPage.vue'),
  sensors: () => import('./host/SensorsPage.vue'),
  notFound: () => import('./not-found/NotFoundPage.vue'),
}

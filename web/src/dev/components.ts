/**
 * The page of all components, `/dev/components` of `npm run dev`: no part of the product, and without a
 * server. What it shows is made up, and says so.
 */

import { createApp } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { Stage } from '../live/testing/stage'
import ComponentsPage from './ComponentsPage.vue'
import '../styles/tokens.css'
import '../styles/base.css'
import '../styles/card-table.css'

const router = createRouter({
  history: createMemoryHistory(),
  routes: [{ path: '/:rest(.*)*', component: ComponentsPage }],
})

createApp(ComponentsPage).use(new Stage().live).use(router).mount('#app')

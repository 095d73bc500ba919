import { createApp } from 'vue'
import NowPage from './pages/now/NowPage.vue'

createApp(NowPage).mount('#app')

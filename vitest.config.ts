/** Unit tests of the client and the page. Servers and browsers have runs of their own. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { projects: ['clients/ts/vitest.config.ts', 'web/vite.config.ts'] },
})

/** Unit tests of the client: no server, no network, no time that passes by itself. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { name: 'client', include: ['src/**/*.test.ts'] },
})

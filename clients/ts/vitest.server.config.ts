/** The client against the real server: `BELLWETHER_BIN` names the program. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'client against the server',
    include: ['server-test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})

/**
 * The real page in a real Chromium against the real program: `npm run test:e2e`.
 * BELLWETHER_BIN names the program (default: the debug build), CHROMIUM the browser.
 */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'page in Chromium',
    dir: 'tests/e2e/specs',
    include: ['**/*.test.ts'],
    // One file after the other: each has a server, a browser and measurements of its own.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
  },
})

/** Photographs of the real page: `make screenshots`. No test: nothing is judged but by eye. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    name: 'photographs',
    dir: 'tests/e2e/screenshots',
    include: ['**/*.shots.ts'],
    testTimeout: 900_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
  },
})

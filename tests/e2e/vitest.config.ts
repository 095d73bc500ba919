/**
 * The real page in a real Chromium against the real program: `npm run test:e2e`.
 * BELLWETHER_BIN names the program (default: the debug build), CHROMIUM the browser.
 */
import { defineConfig } from 'vitest/config'

/** What would be disturbed by another browser: alone, after all others. */
const MEASURED = specs('budgets', 'motion', 'live')
/** Minutes of waiting for attempts that fail: `make test` has something else to do beside them. */
const PATIENT = specs('fallback', 'outage')

export default defineConfig({
  test: {
    name: 'page in Chromium',
    dir: 'tests/e2e/specs',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['verbose'],
    // Each file has a server and a browser of its own, which mostly wait: two at a time.
    projects: [
      {
        extends: true,
        test: {
          name: 'page in Chromium',
          exclude: [...MEASURED, ...PATIENT],
          maxWorkers: 2,
          sequence: first(0),
        },
      },
      {
        extends: true,
        test: {
          name: 'page in Chromium, patient',
          include: PATIENT,
          maxWorkers: 2,
          sequence: first(0),
        },
      },
      {
        extends: true,
        test: {
          name: 'page in Chromium, measured',
          include: MEASURED,
          fileParallelism: false,
          sequence: first(1),
        },
      },
    ],
  },
})

function first(groupOrder: number) {
  return { groupOrder }
}

function specs(...names: string[]): string[] {
  return names.map((name) => `**/${name}.test.ts`)
}

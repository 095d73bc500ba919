/**
 * How the page is built: hashed assets at the root, uPlot apart (only charts need it), every asset
 * also compressed, and a limit on what the first page loads.
 */
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { firstLoadLimit } from './build/first_load.ts'
import { precompress } from './build/precompress.ts'

/** Where `bellwether serve` listens by default; another with BELLWETHER_LISTEN, as for the server. */
const SERVER = process.env.BELLWETHER_LISTEN ?? '127.0.0.1:8420'
const FIRST_LOAD = /\/(first|vue)-[^/]+\.js$/
const OWN_ROUTES = '^/(api|health|healthz|readyz|metrics|sign-in)(/|\\?|$)'

export default defineConfig({
  base: '/',
  plugins: [
    vue({ features: { optionsAPI: false } }),
    firstLoadLimit({ page: '/src/pages/now/', limitKb: 80 }),
    precompress(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  build: {
    target: 'es2022',
    // The policy allows `script-src 'self'` and no data: URL.
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      // What is part of the first load is there already: naming it again is only weight.
      resolveDependencies: (_file, deps, { hostType }) =>
        hostType === 'html' ? deps : deps.filter((name) => !FIRST_LOAD.test(name)),
    },
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/first-[hash].js',
        codeSplitting: {
          groups: [
            { name: 'uplot', test: /node_modules\/uplot\// },
            // In one piece it is a kilobyte smaller, and a new release of the page leaves it cached.
            { name: 'vue', test: /node_modules\/(@vue|vue|vue-router)\// },
            // What the first load is of, in one file: together it compresses three kilobytes better.
            { name: 'first', tags: ['$initial'] },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      [OWN_ROUTES]: { target: `http://${SERVER}` },
      '/ws': { target: `ws://${SERVER}`, ws: true },
    },
  },
  test: {
    name: 'page',
    // Tests that need a document say so: a document for each file is a third of the time.
    environment: 'node',
    include: ['src/**/*.test.ts', 'build/**/*.test.ts'],
  },
})

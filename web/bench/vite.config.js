/** Builds the components that `make bench` measures: into target/bench-page, never into the page. */
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [vue({ features: { optionsAPI: false } })],
  resolve: { alias: { '@': here('../src') } },
  build: {
    target: 'es2022',
    outDir: process.env.BELLWETHER_BENCH_PAGE ?? here('../../target/bench-page'),
    emptyOutDir: true,
  },
})

/**
 * first_load: what a browser fetches before the first page works (HTML, CSS, the entry script, the
 * chunks of that page and all that they import), in kB gzip. Fails the build above the limit.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** The part of a bundler's output that matters here. */
export interface OutputFile {
  readonly fileName: string
  readonly bytes: Uint8Array
  /** For scripts: what they import at once, the styles they bring, and the sources inside them. */
  readonly script?: {
    readonly isEntry: boolean
    readonly imports: readonly string[]
    readonly styles: readonly string[]
    readonly sources: readonly string[]
  }
}

/** Files of the first load, entry first. `page` is a part of the path of the page's sources. */
export function firstLoad(output: readonly OutputFile[], page: string): OutputFile[] {
  const byName = new Map(output.map((file) => [file.fileName, file]))
  const wanted = new Set<string>()
  const want = (fileName: string) => {
    const file = byName.get(fileName)
    if (!file || wanted.has(fileName)) return
    wanted.add(fileName)
    file.script?.imports.forEach(want)
    file.script?.styles.forEach(want)
  }
  const scripts = output.filter((file) => file.script)
  const shows = scripts.filter((file) => file.script?.sources.some((path) => path.includes(page)))
  if (shows.length === 0) throw new Error(`first load: no source of the page contains ${page}`)
  for (const { fileName } of scripts.filter((file) => file.script?.isEntry)) want(fileName)
  for (const { fileName } of shows) want(fileName)
  for (const { fileName, bytes } of output.filter(({ fileName }) => fileName.endsWith('.html'))) {
    want(fileName)
    // Files that are copied as they are, such as the script that sets the theme before first paint.
    const named = Buffer.from(bytes)
      .toString()
      .matchAll(/(?:src|href)="\/([^"]+)"/g)
    for (const [, name = ''] of named) want(name)
  }
  return [...wanted].flatMap((fileName) => byName.get(fileName) ?? [])
}

/** Size on the wire, in kB of 1,000 bytes as bundlers count them. */
export function gzipKb(bytes: Uint8Array): number {
  return gzipSync(bytes, { level: 9 }).length / 1000
}

interface Options {
  readonly page: string
  readonly limitKb: number
}

/** Prints the figure with its parts, and stops a build that is too heavy. */
export function firstLoadLimit({ page, limitKb }: Options): Plugin {
  let copied = ''
  return {
    name: 'bellwether:first-load',
    apply: 'build',
    configResolved(config) {
      copied = config.publicDir
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const output = Object.values(bundle).map((file): OutputFile => {
          if (file.type === 'asset') {
            return { fileName: file.fileName, bytes: Buffer.from(file.source) }
          }
          const styles = [...(file.viteMetadata?.importedCss ?? [])]
          return {
            fileName: file.fileName,
            bytes: Buffer.from(file.code),
            script: {
              isEntry: file.isEntry,
              imports: file.imports,
              styles,
              sources: file.moduleIds,
            },
          }
        })
        for (const fileName of readdirSync(copied)) {
          output.push({ fileName, bytes: readFileSync(join(copied, fileName)) })
        }
        const files = firstLoad(output, page)
        const sizes = files.map(({ fileName, bytes }) => ({ fileName, kb: gzipKb(bytes) }))
        const total = sizes.reduce((sum, { kb }) => sum + kb, 0)
        const parts = sizes.map(({ fileName, kb }) => `  ${kb.toFixed(1).padStart(6)} ${fileName}`)
        const line = `first load ${total.toFixed(1)} kB gzip (limit ${limitKb})`
        console.info(['', line, ...parts].join('\n'))
        if (total > limitKb) this.error(line)
      },
    },
  }
}

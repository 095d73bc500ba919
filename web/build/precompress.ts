/**
 * precompress: writes FILE.br and FILE.gz beside every file of the built page, so that the server
 * never compresses and sends the smallest form. Where a compressed form is no smaller, there is none.
 */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const brotli11 = (bytes: Buffer) =>
  promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  })
const gzip9 = (bytes: Buffer) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION })

const FORMS = [
  { ending: '.br', compress: brotli11 },
  { ending: '.gz', compress: gzip9 },
]

/** Compresses every file below a folder; what an earlier build compressed is not compressed again. */
export async function compressFolder(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true })
  const originals = names.filter((name) => !FORMS.some(({ ending }) => name.endsWith(ending)))
  for (const name of originals) {
    const path = join(folder, name)
    if (!(await stat(path)).isFile()) continue
    const bytes = await readFile(path)
    for (const { ending, compress } of FORMS) {
      const small = await compress(bytes)
      if (small.length < bytes.length) await writeFile(path + ending, small)
    }
  }
}

/** The same as a step of the build, after everything is written. */
export function precompress(): Plugin {
  let folder = ''
  return {
    name: 'bellwether:precompress',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    writeBundle: { order: 'post', sequential: true, handler: () => compressFolder(folder) },
  }
}

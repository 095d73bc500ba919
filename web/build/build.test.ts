// @vitest-environment node
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type OutputFile, firstLoad } from './first_load.ts'
import { compressFolder } from './precompress.ts'

function script(fileName: string, script: Partial<OutputFile['script']>): OutputFile {
  const nothing = { isEntry: false, imports: [], styles: [], sources: [] }
  return { fileName, bytes: Buffer.from(fileName), script: { ...nothing, ...script } }
}

const asset = (fileName: string): OutputFile => ({ fileName, bytes: Buffer.from(fileName) })

test('the first load is the entry, the first page, and what they import at once', () => {
  const output = [
    script('entry.js', { isEntry: true, imports: ['shared.js'], styles: ['entry.css'] }),
    script('shared.js', { imports: ['entry.js'] }),
    script('now.js', { sources: ['/web/src/pages/now/NowPage.vue'], styles: ['now.css'] }),
    script('uplot.js', {}),
    script('host.js', { sources: ['/web/src/pages/host/HostPage.vue'], styles: ['host.css'] }),
    ...['entry.css', 'now.css', 'host.css', 'theme.js', 'logo.svg'].map(asset),
    { fileName: 'index.html', bytes: Buffer.from('<script src="/theme.js"></script>') },
  ]
  const names = firstLoad(output, '/pages/now/').map(({ fileName }) => fileName)
  expect(names.sort()).toEqual([
    'entry.css',
    'entry.js',
    'index.html',
    'now.css',
    'now.js',
    'shared.js',
    'theme.js',
  ])
})

test('a first page that is not there is an error, not a small figure', () => {
  expect(() => firstLoad([script('entry.js', { isEntry: true })], '/pages/now/')).toThrow(
    'no source',
  )
})

test('every file is there compressed, where that is smaller, and reads the same', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-build-'))
  try {
    const text = 'the same words again and again '.repeat(50)
    await writeFile(join(folder, 'long.js'), text)
    await writeFile(join(folder, 'short.js'), 'x')
    await compressFolder(folder)
    // Once more: what was compressed is not compressed again.
    await compressFolder(folder)
    expect((await readdir(folder)).sort()).toEqual([
      'long.js',
      'long.js.br',
      'long.js.gz',
      'short.js',
    ])
    const read = (ending: string) => readFile(join(folder, `long.js${ending}`))
    expect(brotliDecompressSync(await read('.br')).toString()).toBe(text)
    expect(gunzipSync(await read('.gz')).toString()).toBe(text)
  } finally {
    await rm(folder, { recursive: true })
  }
})

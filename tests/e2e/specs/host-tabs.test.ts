/** The pages of one host: real ones of this machine, and a recorded host that has everything. */

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ATLAS } from '../harness/atlas'
import { type Watched, launchBrowser, signedIn, watched } from '../harness/browser'
import { hostOf } from '../harness/history'
import { type Program, startProgram } from '../harness/program'
import { showRecorded } from '../harness/recorded'
import { numberOn } from '../harness/sights'
import { until } from '../harness/until'

let program: Program
let browser: Browser
let context: BrowserContext
let page: Watched
let host: string

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  ;({ context, page } = await signedIn(browser, program))
  host = await hostOf(context, program)
  await page.close()
  page = await watched(context)
  await showRecorded(page, [ATLAS])
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

async function open(id: string, tab: string): Promise<void> {
  await page.goto(`${program.url}/hosts/${id}/${tab}`)
  await page.getByRole('navigation', { name: 'Pages of this host' }).waitFor()
}

/** A cell that holds a number with a unit. */
async function someRow(table: RegExp, words: RegExp): Promise<string> {
  const rows = page.getByRole('table', { name: table }).locator('tbody tr')
  return until(`a row of ${String(table)} with ${String(words)}`, async () => {
    const texts = await rows.allTextContents()
    return texts.find((text) => words.test(text))
  })
}

test('file systems of this machine are listed with what is left', async () => {
  await open(host, 'disks')
  await someRow(/File systems/, /\d\s%.*\d\s[GMT]iB/s)
  await page.getByRole('heading', { name: 'Disk I/O' }).waitFor()
})

test('interfaces of this machine, or that there are none', async () => {
  await open(host, 'network')
  await until('interfaces, or why not', async () => {
    const text = await page.getByRole('main').textContent()
    return /Up|Down|Not known|no interface but loopback/.test(text ?? '') ? true : undefined
  })
})

test('a full disk and used up file entries are said first', async () => {
  await open('atlas', 'disks')
  const answer = page.getByRole('region', { name: 'Answer' })
  await answer.getByText(/\/data is 96\s% full/).waitFor()
  await answer.getByText(/file entries/).waitFor()
  await someRow(/File systems/, /\/snap.*Read-only/s)
  await someRow(/Block devices/, /nvme0n1.*MB\/s/s)
})

test('interfaces show link, addresses and losses', async () => {
  await open('atlas', 'network')
  await someRow(/Interfaces/, /enp5s0.*Up.*2\.5\sGb\/s.*192\.0\.2\.17/s)
  await someRow(/Interfaces/, /docker0.*Down/s)
})

test('sensors stand with their chip; what cannot be read says why', async () => {
  await open('atlas', 'sensors')
  await someRow(/coretemp/, /Package id 0.*°C.*critical 100\.0\s°C/s)
  const fault = await someRow(/nct6775/, /AUXTIN2/)
  expect(fault).toMatch(/Cannot be read/)
  expect(fault).toMatch(/-128/)
  await page.getByText(/Empty in about/).waitFor()
  for (const name of ['Temperature', 'Fans', 'Power']) {
    await page.getByRole('img', { name: new RegExp(`^${name}`) }).waitFor()
  }
})

test('a host without sensors says so, and what to do', async () => {
  await open('atlas', 'sensors')
  const none = await watched(context)
  const bare = {
    id: 'bare',
    at: () => ({ summary: { name: 'bare', intervals_ms: { summary: 1_000 } } }),
  }
  await showRecorded(none, [bare])
  await none.goto(`${program.url}/hosts/bare/sensors`)
  await none.getByRole('heading', { name: 'No sensors on bare' }).waitFor()
  await none.getByText('sensors-detect').waitFor()
  await none.close()
})

test('heat, fan and power stand on the overview where there are any', async () => {
  await open('atlas', 'overview')
  for (const title of ['Temperature', 'Fan', 'Power']) await numberOn(page, title)
})

test('services and containers stand beside processes, sorted and filtered', async () => {
  await open('atlas', 'processes')
  await page.getByRole('link', { name: 'Services and containers' }).click()
  await someRow(/Services/, /checkout-api.*Container, docker.*of 1\.00\sGiB/s)
  await page.getByRole('searchbox').fill('postgres')
  const rows = page.getByRole('table', { name: /Services/ }).locator('tbody tr')
  await until('one service', async () => ((await rows.count()) === 1 ? true : undefined))
  await page.getByRole('link', { name: 'Users' }).click()
  await someRow(/^Users\./, /ada.*2$/s)
})

test('nothing went wrong in the browser', () => {
  expect(page.seen.troubles).toEqual([])
})

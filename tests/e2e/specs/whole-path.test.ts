/**
 * The whole path of a model, in one go: a CSV is dropped, looked at and trained on, a version is deployed, asked
 * two hundred times, told the truth, asked about something else than it learned, found out, and rolled back.
 */

import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Watched,
  launchBrowser,
  photographFailure,
  signedIn,
  watched,
} from '../harness/browser'
import { type Program, startProgram } from '../harness/program'
import { churnCsv, dropFile } from '../harness/tables'
import { until } from '../harness/until'

const ROWS = 2_000
const ASKED = 200
/** Enough for a drift to be told at once instead of after half a minute. */
const DRIFTED = 400
const PATIENCE_MS = 90_000

type Row = Record<string, string>

let program: Program
let browser: Browser
let context: BrowserContext
let page: Watched

beforeAll(async () => {
  program = await startProgram()
  browser = await launchBrowser()
  ;({ context } = await signedIn(browser, program))
  page = await watched(context)
})
afterAll(async () => {
  await browser.close()
  await program.stop()
})

/** Rows of the same kind that no model has seen, with what was true of each. */
function asked(count: number, seed: number): { inputs: Row; truth: string }[] {
  const [head = '', ...lines] = churnCsv(count, seed).trim().split('\n')
  const names = head.split(',')
  return lines.map((line) => {
    const row = Object.fromEntries(line.split(',').map((cell, i) => [names[i] ?? '', cell]))
    const { churn: truth = '', ...inputs } = row
    return { inputs, truth }
  })
}

async function post(path: string, data: unknown): Promise<Record<string, unknown>> {
  const answer = await context.request.post(`${program.url}${path}`, {
    data,
    headers: { origin: program.url },
  })
  expect(answer.status(), `${path}: ${await answer.text()}`).toBeLessThan(300)
  return (await answer.json()) as Record<string, unknown>
}

/** Asks for each row by a request of its own, as a program does; the predictions' ids. */
async function predict(rows: readonly Row[]): Promise<string[]> {
  const ids: string[] = []
  for (const inputs of rows) {
    const said = await post('/api/models/churn/predict', inputs)
    ids.push(String(said.prediction_id))
  }
  return ids
}

test('from a CSV to a model in production that is found out and rolled back', async () => {
  photographFailure(() => page)

  // Drop and profile.
  await page.goto(program.url)
  await page.getByRole('heading', { name: 'Train a model' }).waitFor()
  await dropFile(page, 'churn.csv', churnCsv(ROWS))
  await page.getByText('2,000 rows, 7 columns').waitFor()
  await page.getByRole('table', { name: /Columns of/ }).waitFor()

  // Train, with a curve that moves.
  await page.getByRole('button', { name: 'Train', exact: true }).click()
  await page.waitForURL(/\/jobs\/\d+/)
  await page.getByRole('heading', { name: /^Result: churn v1/ }).waitFor({ timeout: PATIENCE_MS })
  const run = await context.request.get(`${program.url}/api/runs/1`)
  const { curve } = (await run.json()) as { curve: { round: number; validation_loss: number }[] }
  expect(new Set(curve.map(({ validation_loss: loss }) => loss)).size).toBeGreaterThan(5)

  // A second version, deployed by hand; the first one was at once.
  const { datasets } = (await (
    await context.request.get(`${program.url}/api/datasets`)
  ).json()) as {
    datasets: { id: string }[]
  }
  await post('/api/train', {
    dataset_id: datasets[0]?.id,
    target_column: 'churn',
    model_name: 'churn',
    seed: 11,
  })
  await page.goto(`${program.url}/models/churn/versions`)
  await until(
    'the second version',
    async () => {
      const answer = await context.request.get(`${program.url}/api/models/churn-v2`)
      return answer.ok() ? true : undefined
    },
    PATIENCE_MS,
  )
  await page.goto(`${program.url}/models/churn-v2/live`)
  await page.getByRole('button', { name: 'Deploy v2' }).click()
  await page.getByRole('button', { name: 'Roll back to v1' }).waitFor()

  // Two hundred predictions: shown, and an estimate in place of labels that nobody has sent.
  const rows = asked(ASKED, 99)
  const ids = await predict(rows.map(({ inputs }) => inputs))
  const main = page.getByRole('main')
  await main.getByText(/estimated to be right in/).waitFor({ timeout: PATIENCE_MS })

  // Labels: the accuracy on the page is that of the last hundred.
  const labels = rows.map(({ truth }, i) => ({ prediction_id: ids[i], label: truth }))
  const told = await post('/api/models/churn-v2/feedback', { labels })
  expect(told.accepted).toBe(ASKED)
  await main.getByText(/was right in .* of the last 100 labelled predictions/).waitFor()
  const shown =
    (await main
      .getByText(/was right in/)
      .first()
      .textContent()) ?? ''
  const accuracy = Number(told.accuracy)
  expect(shown).toContain((accuracy * 100).toFixed(1).replace(/\.0$/, ''))

  // Half of them were wrong after all: it falls at once.
  const wrong = labels.map(({ prediction_id: id, label }, i) => ({
    prediction_id: id,
    label: i % 2 === 0 ? label : label === 'yes' ? 'no' : 'yes',
  }))
  const corrected = await post('/api/models/churn-v2/feedback', { labels: wrong })
  expect(Number(corrected.accuracy)).toBeLessThan(accuracy)
  await until('a lower accuracy on the page', async () => {
    const now =
      (await main
        .getByText(/was right in/)
        .first()
        .textContent()) ?? ''
    return now === shown ? undefined : true
  })

  // Others come than those that it learned from: long-standing, on a contract that was not there.
  const drifted = asked(DRIFTED, 5).map(({ inputs }) => ({
    ...inputs,
    tenure: String(Number(inputs.tenure) + 90),
    contract: 'weekly',
  }))
  await predict(drifted)
  await page.goto(`${program.url}/models/churn-v2/drift`)
  const moved = page.locator('details', { hasText: 'tenure' }).getByText('Moved')
  await moved.first().waitFor({ timeout: PATIENCE_MS })
  const causes = page.locator('section', { has: page.getByRole('heading', { name: 'Why' }) })
  await causes
    .getByText(/tenure|contract/)
    .first()
    .waitFor({ timeout: PATIENCE_MS })
  await until(
    'an alert of the drift',
    async () => {
      const answer = await context.request.get(`${program.url}/api/alerts?state=open`)
      const { alerts } = (await answer.json()) as { alerts: { subject: string; rule: string }[] }
      const about = alerts.filter(({ subject }) => subject === 'model/churn-v2')
      return about.some(({ rule }) => rule.includes('drift')) ? true : undefined
    },
    PATIENCE_MS,
  )

  // Back to the one before.
  await page.getByRole('button', { name: 'Roll back to v1' }).click()
  await until('the first version in production', async () => {
    const answer = await context.request.get(`${program.url}/api/models/churn-v1`)
    const { aliases } = (await answer.json()) as { aliases: string[] }
    return aliases.includes('production') ? true : undefined
  })
  expect(page.seen.troubles).toEqual([])
}, 400_000)

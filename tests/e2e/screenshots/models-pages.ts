/** The pages of models as they are photographed: where each is, and what somebody does there before. */

import type { Page } from 'playwright-core'
import type { Full } from '../harness/full'
import { until } from '../harness/until'

export interface Shot {
  readonly path: string
  /** What somebody does before it is taken. */
  readonly act?: (page: Page) => Promise<unknown>
}

/** What stands on no page of an empty program. */
export const EMPTY: Readonly<Record<string, Shot>> = {
  'empty-now': { path: '/' },
  'empty-models': { path: '/models' },
  'empty-performance': { path: '/models/performance' },
  'empty-new': { path: '/models/new' },
  'empty-data': { path: '/models/data' },
  'empty-jobs': { path: '/jobs' },
  'empty-alerts': { path: '/alerts' },
  'none-model': { path: '/models/no-such-model/live' },
  'none-job': { path: '/jobs/4711' },
}

const press = (name: string | RegExp) => (page: Page) =>
  page.getByRole('button', { name }).first().click()

export const pagesOf = ({
  datasets,
  runs,
}: Pick<Full, 'datasets' | 'runs'>): Record<string, Shot> => ({
  'full-now': { path: '/' },
  models: { path: '/models' },
  performance: { path: '/models/performance' },
  live: { path: '/models/churn/live' },
  'live-number': { path: '/models/press-energy/live' },
  'live-unlabelled': { path: '/models/wine-quality/live' },
  'live-unasked': { path: '/models/churn-v3/live' },
  try: { path: '/models/churn/try' },
  'try-asked': { path: '/models/churn/try', act: press('Predict') },
  'try-number': { path: '/models/press-energy/try', act: press('Predict') },
  versions: { path: '/models/churn/versions' },
  'versions-compared': { path: '/models/churn-v3/versions?compare=churn-v2' },
  'versions-number': { path: '/models/press-energy/versions' },
  'versions-three': { path: '/models/wine-quality/versions' },
  'versions-use': { path: '/models/churn-v3/versions', act: press(/Alias, shadow/) },
  'versions-delete': { path: '/models/churn-v3/versions', act: press('Delete') },
  drift: { path: '/models/churn/drift' },
  'drift-number': { path: '/models/press-energy/drift' },
  'drift-none': { path: '/models/churn-v3/drift' },
  data: { path: '/models/churn/data' },
  'data-number': { path: '/models/press-energy/data' },
  new: { path: '/models/new' },
  'new-columns': { path: `/models/new?dataset=${datasets.churn}` },
  'new-number': { path: `/models/new?dataset=${datasets.press}` },
  'new-options': { path: `/models/new?dataset=${datasets.wine}`, act: openDetails },
  datasets: { path: '/models/data' },
  'datasets-preview': { path: '/models/data', act: press(/^Preview/) },
  'datasets-delete': { path: '/models/data', act: press(/^Delete/) },
  jobs: { path: '/jobs' },
  job: { path: `/jobs/${String(runs.finished)}` },
  'job-searched': { path: `/jobs/${String(runs.searched)}` },
  'job-failed': { path: `/jobs/${String(runs.failed)}` },
  'job-cancelled': { path: `/jobs/${String(runs.cancelled)}` },
  alerts: { path: '/alerts' },
  rules: { path: '/alerts/rules' },
  activity: { path: '/activity' },
})

async function openDetails(page: Page): Promise<void> {
  await page.locator('main details summary').first().click()
}

/** Waits until nothing is read any more and charts are drawn. */
export async function settled(page: Page): Promise<void> {
  await until('nothing to be read any more', async () => {
    const reading = await page.getByText(/^(Reading |Asking )/).count()
    return reading === 0 ? true : undefined
  })
  // Charts are drawn in the frame after their data.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  )
}

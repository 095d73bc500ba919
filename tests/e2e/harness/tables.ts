/** Tables that tests make: always the same rows, with a pattern that a model can find. */

import type { Page } from 'playwright-core'

/** Numbers from 0 to 1 that look random and are the same each time (a linear congruential generator). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** Customers who leave sooner the shorter they stayed and the more they pay; a tenth does otherwise. */
export function churnCsv(rows: number, seed = 7): string {
  const next = numbers(seed)
  const contracts = ['monthly', 'yearly', 'two years']
  const lines = ['customer,tenure,monthly,contract,support_calls,paperless,churn']
  for (let i = 0; i < rows; i += 1) {
    const tenure = 1 + Math.floor(next() * 72)
    const monthly = (20 + next() * 100).toFixed(2)
    const contract = contracts[Math.floor(next() * 3)] ?? 'monthly'
    const calls = Math.floor(next() * 8)
    const risk = 0.9 - tenure / 80 + Number(monthly) / 400 - (contract === 'monthly' ? 0 : 0.35)
    const leaves = risk + calls / 20 > 0.55 !== next() < 0.1
    const paperless = next() < 0.5 ? 'yes' : 'no'
    const cells = [`C${String(10_000 + i)}`, tenure, i % 97 === 5 ? '' : monthly, contract, calls]
    lines.push([...cells, paperless, leaves ? 'yes' : 'no'].join())
  }
  return `${lines.join('\n')}\n`
}

/** Drops a file on the page itself, as a hand with a mouse does. */
export async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([fileName, content]) => {
      const data = new DataTransfer()
      data.items.add(new File([content], fileName, { type: 'text/csv' }))
      return data
    },
    [name, text] as const,
  )
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('main', type, { dataTransfer: transfer })
  }
}

import { expect, it } from 'vitest'
import { snippets } from './code'

const asked = {
  origin: 'http://127.0.0.1:8420',
  id: 'churn-v3',
  row: { plan: "it's", tenure: 12, active: true },
}
const [curl, python, javascript] = snippets(asked).map(({ text }) => text)

it('all three ask the real address with a token from the environment', () => {
  for (const text of [curl, python, javascript]) {
    expect(text).toContain('http://127.0.0.1:8420/api/models/churn-v3/predict')
    expect(text).toContain('BELLWETHER_TOKEN')
  }
})

it('a quote in a value breaks no shell, and Python has its own words', () => {
  expect(curl).toContain(`-d '{"plan":"it'\\''s","tenure":12,"active":true}'`)
  expect(python).toContain('"active": True,')
  expect(javascript).toContain('JSON.stringify({"plan":"it\'s"')
})

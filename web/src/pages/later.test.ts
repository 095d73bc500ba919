import { expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { SessionAnswer } from '../live'
import { addPages } from './later'

function pathsWith(off?: string[]): string[] {
  const routes = [{ path: '/', component: {} }]
  const router = createRouter({ history: createMemoryHistory(), routes })
  const session = { role: 'admin', ...(off ? { off } : {}) } as SessionAnswer
  addPages(router, session)
  return router.getRoutes().map(({ path }) => path)
}

it('pages of a part that the server does without are not there', () => {
  const all = pathsWith()
  for (const path of ['/models', '/jobs', '/models/data', '/alerts', '/alerts/rules', '/hosts']) {
    expect(all).toContain(path)
  }
  const some = pathsWith(['training', 'alerts', 'drift'])
  expect(some).toContain('/models')
  expect(some.filter((path) => /^\/(jobs|alerts|models\/(new|data))/.test(path))).toEqual([])
  const few = pathsWith(['models', 'training'])
  expect(few.filter((path) => /^\/(jobs|models)/.test(path))).toEqual([])
  expect(few).toContain('/alerts')
})

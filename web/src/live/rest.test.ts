// @vitest-environment happy-dom
import { expect, it, vi } from 'vitest'
import { reasonOf, useRest } from './rest'

it('asks the server that the page came from', async () => {
  const fetch = vi.fn(() => Promise.reject(new TypeError('nobody answers')))
  vi.stubGlobal('fetch', fetch)
  const error = await useRest()('/api/models').catch((one: unknown) => one)
  expect(fetch).toHaveBeenCalledWith(`${window.location.origin}/api/models`, expect.anything())
  expect(reasonOf(error)).toBe('The server does not answer.')
  vi.unstubAllGlobals()
})

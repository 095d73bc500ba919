import { settled } from '@bellwether/client/testing'
import { expect, it } from 'vitest'
import { Stage } from '../live/testing/stage'
import { settingsFrom, useSettings } from './settings'

it('what nobody chose is as shipped', () => {
  expect(settingsFrom({})).toEqual({
    theme: 'system',
    keys: true,
    toasts: 'all',
    energy: 'auto',
    pinned: [],
  })
})

it('what is chosen holds; what is not understood is as shipped', () => {
  const chosen = { theme: 'dark', keys: false, toasts: 'none', energy: 'saver', pinned: ['cpu', 3] }
  expect(settingsFrom(chosen)).toEqual({ ...chosen, pinned: ['cpu'] })
  const odd = { theme: 'pink', keys: 'no', toasts: 7, energy: null, pinned: 'cpu' }
  expect(settingsFrom(odd)).toEqual(settingsFrom({}))
})

/** Settings on a server that answers when it is told. */
function slowServer() {
  const stage = new Stage()
  const asked: unknown[] = []
  const answers: (() => void)[] = []
  const patch = (wanted: unknown) => {
    asked.push(wanted)
    return new Promise<void>((done) => answers.push(done))
  }
  const read = () => new Promise<object>((done) => answers.push(() => done({ energy: 'full' })))
  Object.assign(stage.live.api, { settings: { patch, read } })
  const settings = stage.enter(() => useSettings())
  return { stage, settings, asked, answer: () => answers.shift()?.() }
}

it('changes are asked for in their order, each after the answer to the one before', async () => {
  const { settings, asked, answer } = slowServer()
  const both = Promise.all([
    settings.change({ pinned: [] }),
    settings.change({ pinned: ['host/a/cpu-modes'] }),
  ])
  await settled()
  expect(asked).toEqual([{ pinned: [] }])
  answer()
  await settled()
  expect(asked).toEqual([{ pinned: [] }, { pinned: ['host/a/cpu-modes'] }])
  answer()
  expect(await both).toEqual([true, true])
})

it('a tab that may be about to close asks for what still waits', async () => {
  const { stage, settings, asked, answer } = slowServer()
  const both = Promise.all([
    settings.change({ energy: 'full' }),
    settings.change({ energy: 'auto' }),
  ])
  await settled()
  expect(asked).toEqual([{ energy: 'full' }])
  await stage.world.wake('hidden')
  expect(asked).toEqual([{ energy: 'full' }, { energy: 'auto' }])
  answer()
  answer()
  expect(await both).toEqual([true, true])
})

it('what is chosen while the server is asked is newer than its answer', async () => {
  const { settings, answer } = slowServer()
  const read = settings.read()
  const kept = settings.change({ keys: false })
  await settled()
  answer()
  await read
  expect(settings.now).toMatchObject({ energy: 'full', keys: false })
  answer()
  expect(await kept).toBe(true)
})

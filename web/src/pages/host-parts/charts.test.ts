import { expect, it } from 'vitest'
import { HOST_CHARTS, type ChartName, pinText, readPin } from './charts'

it('every chart of a host can be pinned and is found again', () => {
  for (const name of Object.keys(HOST_CHARTS) as ChartName[])
    expect(readPin(pinText('web-1', name))).toEqual({ host: 'web-1', name })
})

it('a pin that this version does not know is none', () => {
  for (const text of [
    '',
    'host/web-1',
    'host//tcp',
    'host/web-1/nonsense',
    'model/a/tcp',
    'host/a/tcp/b',
  ])
    expect(readPin(text)).toBeUndefined()
})

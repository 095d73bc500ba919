// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { rowsBy } from './keys'
import { panWithFingers, panWithShift } from './pan'

function listener() {
  const told: string[] = []
  const target = {
    move: (pixels: number) => void told.push(`move ${String(pixels)}`),
    end: (pixels: number) => void told.push(`end ${String(pixels)}`),
  }
  return { told, target }
}

function mouse(type: string, clientX: number, shiftKey = false): MouseEvent {
  return new MouseEvent(type, { clientX, shiftKey, button: 0, cancelable: true })
}

function touch(type: string, ...at: number[]): Event {
  const touches = at.map((clientX) => ({ clientX }))
  return Object.assign(new Event(type, { cancelable: true }), { touches })
}

it('a drag with Shift moves, without it is somebody else’s', () => {
  const { told, target } = listener()
  expect(panWithShift(mouse('mousedown', 100), target)).toBe(false)
  expect(panWithShift(mouse('mousedown', 100, true), target)).toBe(true)
  window.dispatchEvent(mouse('mousemove', 130))
  window.dispatchEvent(mouse('mouseup', 150))
  window.dispatchEvent(mouse('mousemove', 500))
  expect(told).toEqual(['move 30', 'end 50'])
})

it('two fingers move, one scrolls the page', () => {
  const { told, target } = listener()
  const element = document.createElement('div')
  const stop = panWithFingers(element, target)
  element.dispatchEvent(touch('touchstart', 100))
  const one = touch('touchmove', 200)
  element.dispatchEvent(one)
  expect(one.defaultPrevented).toBe(false)
  element.dispatchEvent(touch('touchstart', 100, 200))
  const two = touch('touchmove', 110, 230)
  element.dispatchEvent(two)
  expect(two.defaultPrevented).toBe(true)
  element.dispatchEvent(touch('touchend', 110))
  stop()
  element.dispatchEvent(touch('touchstart', 0, 0))
  element.dispatchEvent(touch('touchmove', 9, 9))
  expect(told).toEqual(['move 20', 'end 20'])
})

it('keys move by one row, by ten, or to the ends', () => {
  const by = (key: string, shiftKey = false, altKey = false) =>
    rowsBy(new KeyboardEvent('keydown', { key, shiftKey, altKey }))
  expect(by('ArrowLeft')).toBe(-1)
  expect(by('ArrowRight', true)).toBe(10)
  expect(by('Home')).toBe(-Infinity)
  expect(by('End')).toBe(Infinity)
  expect(by('x')).toBeUndefined()
  expect(by('ArrowLeft', false, true)).toBeUndefined()
})

// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type EffectScope, effectScope } from 'vue'
import { useKeyboard } from './keyboard'
import { shortcuts, useShortcuts } from './shortcuts'

let scope: EffectScope
let pressed: string[]
let now: number
let letters: boolean

beforeEach(() => {
  pressed = []
  now = 0
  letters = true
  scope = effectScope()
  scope.run(() => {
    useKeyboard({ letters: () => letters, clock: () => now })
    const note = (keys: string) => ({ keys, does: keys, run: () => void pressed.push(keys) })
    useShortcuts(note('g n'), note('n'), note('Space'), note('Escape'), note('Ctrl+K'))
  })
})

afterEach(() => {
  scope.stop()
  document.body.replaceChildren()
})

function press(
  key: string,
  target: EventTarget = document.body,
  more: KeyboardEventInit = {},
): void {
  target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  )
}

function element(tag: string): HTMLElement {
  const one = document.createElement(tag)
  document.body.append(one)
  return one
}

it('one key, and two after one another', () => {
  press('n')
  press('g')
  press('n')
  expect(pressed).toEqual(['n', 'g n'])
})

it('the second key comes too late', () => {
  press('g')
  now = 2_000
  press('n')
  expect(pressed).toEqual(['n'])
})

it('letters typed into an input are letters; Escape still works', () => {
  const input = element('input')
  press('n', input)
  press('Escape', input)
  expect(pressed).toEqual(['Escape'])
})

it('Escape closes what is open, and nothing else', () => {
  const button = element('button')
  button.setAttribute('popovertarget', 'menu')
  button.setAttribute('aria-expanded', 'true')
  press('Escape')
  expect(pressed).toEqual([])
  button.setAttribute('aria-expanded', 'false')
  press('Escape')
  expect(pressed).toEqual(['Escape'])
})

it('Space on a button presses the button', () => {
  press(' ', element('button'))
  press(' ')
  expect(pressed).toEqual(['Space'])
})

it('with Ctrl it is the browser’s', () => {
  press('n', document.body, { ctrlKey: true })
  expect(pressed).toEqual([])
})

it('what is gone can no longer be pressed', () => {
  scope.stop()
  press('n')
  expect(pressed).toEqual([])
  expect(shortcuts.size).toBe(0)
})

it('single keys can be switched off; Escape and the palette stay', () => {
  letters = false
  press('n')
  press(' ')
  press('Escape')
  press('k', document.body, { ctrlKey: true })
  expect(pressed).toEqual(['Escape', 'Ctrl+K'])
})

it('Ctrl or Cmd and K open the palette, also out of an input', () => {
  press('k', element('input'), { ctrlKey: true })
  press('K', document.body, { metaKey: true })
  press('k', document.body, { ctrlKey: true, shiftKey: true })
  expect(pressed).toEqual(['Ctrl+K', 'Ctrl+K'])
})

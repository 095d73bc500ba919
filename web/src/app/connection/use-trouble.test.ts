import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref, shallowRef } from 'vue'
import { useTrouble } from './use-trouble'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function start() {
  const trouble = ref(false)
  const fill = shallowRef<{ filledMs: number }>()
  const shown = effectScope().run(() => useTrouble(trouble, fill))!
  return { trouble, fill, shown }
}

it('a short trouble is not worth a bar', async () => {
  const { trouble, shown } = start()
  trouble.value = true
  await nextTick()
  vi.advanceTimersByTime(2_900)
  expect(shown.lasting.value).toBe(false)
  trouble.value = false
  await nextTick()
  vi.advanceTimersByTime(5_000)
  expect(shown.lasting.value).toBe(false)
})

it('a lasting one is, and ends at once', async () => {
  const { trouble, shown } = start()
  trouble.value = true
  await nextTick()
  vi.advanceTimersByTime(3_000)
  expect(shown.lasting.value).toBe(true)
  trouble.value = false
  await nextTick()
  expect(shown.lasting.value).toBe(false)
})

it('what was filled in is said for three seconds', async () => {
  const { fill, shown } = start()
  fill.value = { filledMs: 42_000 }
  await nextTick()
  expect(shown.back.value).toEqual({ filledMs: 42_000 })
  vi.advanceTimersByTime(3_000)
  expect(shown.back.value).toBeUndefined()
})

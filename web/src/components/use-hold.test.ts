import { expect, it } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { useHold } from './use-hold'

it('what is held does not change, and catches up when it is released', async () => {
  const source = ref(1)
  const { shown, hold, release } = effectScope().run(() => useHold(source))!
  source.value = 2
  await nextTick()
  expect(shown.value).toBe(2)
  hold()
  source.value = 3
  await nextTick()
  expect(shown.value).toBe(2)
  release()
  await nextTick()
  expect(shown.value).toBe(3)
})

it('another wish is seen at once', async () => {
  const source = ref(1)
  const range = ref('5m')
  const { shown, hold } = effectScope().run(() => useHold(source, () => range.value))!
  hold()
  range.value = '1h'
  await nextTick()
  source.value = 2
  await nextTick()
  expect(shown.value).toBe(2)
})

// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import type { Process } from '@bellwether/client'
import { expect, it } from 'vitest'
import type { FeedLine } from './feed'
import ProcessFeed from './ProcessFeed.vue'
import TopProcesses from './TopProcesses.vue'

/* A place whose text is exchanged counts as a shift of the layout: words beside longer words move. */

function row(pid: number, cpuPercent: number) {
  const process = { pid, name: `worker-${String(pid)}`, user: 'ada', cpu_percent: cpuPercent }
  return { key: `${String(pid)}:1`, process: process as Process, command: undefined }
}

it('another process takes a place with a row of its own, the same one keeps its row', async () => {
  const props = { host: 'h', waiting: false }
  const top = mount(TopProcesses, {
    props: { ...props, rows: [row(1, 9), row(2, 5)] },
    global: { stubs: { RouterLink: true } },
  })
  const before = top.findAll('tbody tr').map(({ element }) => element)
  await top.setProps({ rows: [row(1, 8), row(3, 6)] })
  const after = top.findAll('tbody tr')
  expect(after.map(({ element }) => before.includes(element))).toEqual([true, false])
  expect(after[0]?.text()).toContain('8.0')
})

it('another line takes a place with an element of its own, the same one keeps its element', async () => {
  const line = (name: string, atMs: number): FeedLine => {
    return { atMs, change: 'started', name, detail: 'PID 1', times: 1 }
  }
  const feed = mount(ProcessFeed, { props: { nowMs: 9, lines: [line('b', 2), line('a', 1)] } })
  const before = feed.findAll('li').map(({ element }) => element)
  await feed.setProps({ lines: [line('b', 2), line('c', 1)] })
  const after = feed.findAll('li')
  expect(after.map(({ element }) => before.includes(element))).toEqual([true, false])
  expect(after[1]?.text()).toContain('c')
})

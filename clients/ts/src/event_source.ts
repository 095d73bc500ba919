/**
 * event_source: reads Server-Sent Events out of pieces of text (WHATWG HTML, section 9.2.6). `id` and
 * `retry` are passed over: positions are in the envelopes, and when to come back is ours to decide.
 */
export interface ServerEvent {
  readonly name: string
  readonly data: string
}

export class EventReader {
  #rest = ''
  #name = ''
  #data: string[] = []

  /** `event` for each that is complete with this piece; whatever else came only shows life. */
  read(piece: string, event: (event: ServerEvent) => void): void {
    const lines = (this.#rest + piece).split(/\r\n|\n/)
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line !== '') {
        this.#field(line)
        continue
      }
      const [name, data] = [this.#name || 'message', this.#data]
      this.#name = ''
      this.#data = []
      if (data.length > 0) event({ name, data: data.join('\n') })
    }
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'event') this.#name = value
    else if (name === 'data') this.#data.push(value)
  }
}

/** names: topics of users' own signals as people read them, and their pages. Plain functions. */

const ROOT = 'app/'

/** `shop/orders` of `app/shop/orders`, with what was encoded as it was meant. */
export function titleOf(topic: string): string {
  return topic.slice(ROOT.length).split('/').map(decoded).join('/')
}

/** The first word below `app/`: topics with the same one stand together. */
export function groupOf(topic: string): string {
  return decoded(topic.slice(ROOT.length).split('/')[0] ?? '')
}

export function pathOf(topic: string): string {
  return `/signals/${topic.slice(ROOT.length).split('/').map(encodeURIComponent).join('/')}`
}

/** Where a long name may go on in the next line: after what separates its words. */
export function wordsOf(name: string): string[] {
  return name.split(/(?<=[._/-])/)
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/**
 * fuzzy: how well letters, in their order, fit a text. Letters that follow one another and letters that
 * begin a word count more: "hpr" finds "Hosts: processes". A plain function.
 */

export interface Fit {
  readonly score: number
  /** Which characters of the text were meant. */
  readonly at: readonly number[]
}

const NEXT = 6
const WORD = 8
const FIRST = 4
/** What lies between two letters costs a little, so that the closer fit wins. */
const SKIPPED = 0.2

function beginsWord(text: string, i: number): boolean {
  return i === 0 || /[^\p{L}\p{N}]/u.test(text[i - 1] ?? '')
}

/** Nothing where a letter is missing; spaces in the query mean nothing. */
export function fit(query: string, text: string): Fit | undefined {
  const wanted = query.toLowerCase().replaceAll(/\s/g, '')
  const given = text.toLowerCase()
  let best: Fit | undefined
  // Each place where the first letter stands is a chance; the rest is taken as it comes.
  for (let start = given.indexOf(wanted.charAt(0)); start >= 0;) {
    const one = fitFrom(wanted, given, start)
    if (one && (!best || one.score > best.score)) best = one
    start = wanted === '' ? -1 : given.indexOf(wanted.charAt(0), start + 1)
  }
  return best
}

function fitFrom(wanted: string, given: string, start: number): Fit | undefined {
  const at: number[] = []
  let score = 0
  let from = start
  for (const letter of wanted) {
    const straight = given.indexOf(letter, from)
    if (straight < 0) return undefined
    const i =
      at.length > 0 && straight !== from ? (wordWith(letter, given, from) ?? straight) : straight
    const previous = at.at(-1)
    if (previous !== undefined && i === previous + 1) score += NEXT
    if (beginsWord(given, i)) score += WORD
    if (i === 0) score += FIRST
    score -= previous === undefined ? i * SKIPPED : (i - previous - 1) * SKIPPED
    at.push(i)
    from = i + 1
  }
  return { score, at }
}

/** The next word that begins with a letter. */
function wordWith(letter: string, given: string, from: number): number | undefined {
  for (let i = given.indexOf(letter, from); i >= 0; i = given.indexOf(letter, i + 1)) {
    if (beginsWord(given, i)) return i
  }
  return undefined
}

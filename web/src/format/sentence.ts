/** sentence: words as the beginning of a sentence, and as one. */

/** With a capital first. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** With a capital first and a stop at the end; nothing stays nothing. */
export function sentence(text: string): string {
  return capitalised(text).replace(/([^.])$/, '$1.')
}

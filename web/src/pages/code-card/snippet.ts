/** snippet: lines of a program that can be copied. */

export interface Snippet {
  /** The language, or the program. */
  readonly name: string
  readonly text: string
}

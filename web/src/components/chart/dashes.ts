/** dashes: how lines differ beside their colour. */

export type Dash = readonly number[] | undefined

const PATTERNS: readonly Dash[] = [undefined, [6, 3], [2, 3], [8, 3, 2, 3], [4, 4]]

/** Of the nth line, counted from zero; the first is solid. */
export function dashOf(index: number): Dash {
  return PATTERNS[index % PATTERNS.length]
}

/** As SVG has it. */
export function strokeDashes(dash: Dash): string | undefined {
  return dash?.join(' ')
}

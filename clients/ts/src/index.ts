/** `@bellwether/client`: the whole surface. */
export type * from './generated/types.ts'

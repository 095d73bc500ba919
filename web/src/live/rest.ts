/** rest: any JSON route of the server, for pages that are opened later; what it refuses is thrown. */
import { type Rest, createRest } from '@bellwether/client/rest'

export { reasonOf } from '@bellwether/client/rest'

export function useRest(): Rest {
  return createRest(window.location.origin)
}

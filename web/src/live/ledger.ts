/** ledger: what the server wrote down: past events and tokens. Only pages that are opened later ask. */
import { type Ledger, createLedger } from '@bellwether/client/ledger'

export function useLedger(): Ledger {
  return createLedger(window.location.origin)
}

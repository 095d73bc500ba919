/** `?kiosk=1`: a wall screen, where nobody stands. No nav, no notices, larger type, never gives up. */
export const isKiosk = new URLSearchParams(window.location.search).get('kiosk') === '1'

export function becomeKiosk(): void {
  if (isKiosk) document.documentElement.dataset.kiosk = ''
}

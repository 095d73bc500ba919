/** Puts text on the clipboard; whether it got there. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Over plain HTTP from another machine browsers have no clipboard; the old way still works there.
    return copyOldWay(text)
  }
}

function copyOldWay(text: string): boolean {
  const box = document.createElement('textarea')
  box.value = text
  box.setAttribute('aria-hidden', 'true')
  box.style.position = 'fixed'
  box.style.opacity = '0'
  const before = document.activeElement
  document.body.append(box)
  box.select()
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- there is no other way without HTTPS
  const done = document.execCommand('copy')
  box.remove()
  if (before instanceof HTMLElement) before.focus()
  return done
}

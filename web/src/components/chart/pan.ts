/**
 * pan: moves a chart in time, by dragging with Shift or with two fingers. The wheel stays the page's,
 * and so do one finger and vertical movements.
 */

export interface PanTarget {
  /** While it is moved: how far, in pixels; positive to the right. */
  readonly move: (pixels: number) => void
  readonly end: (pixels: number) => void
}

/** Whether the press began a pan; then nobody else should take it for a drag. */
export function panWithShift(event: MouseEvent, target: PanTarget): boolean {
  if (!event.shiftKey || event.button !== 0) return false
  const from = event.clientX
  const done = new AbortController()
  const { signal } = done
  event.preventDefault()
  window.addEventListener('mousemove', (now) => target.move(now.clientX - from), { signal })
  window.addEventListener(
    'mouseup',
    (now) => {
      done.abort()
      target.end(now.clientX - from)
    },
    { signal },
  )
  return true
}

function middle(touches: TouchList): number {
  return ((touches[0]?.clientX ?? 0) + (touches[1]?.clientX ?? 0)) / 2
}

/** Listens for two fingers; returns how to stop. */
export function panWithFingers(element: HTMLElement, target: PanTarget): () => void {
  let from: number | undefined
  let pixels = 0
  const stop = new AbortController()
  // Not passive: with two fingers the browser would zoom the page.
  const options = { passive: false, signal: stop.signal }
  element.addEventListener(
    'touchstart',
    (event) => {
      if (event.touches.length !== 2) return
      from = middle(event.touches)
      pixels = 0
    },
    options,
  )
  element.addEventListener(
    'touchmove',
    (event) => {
      if (from === undefined || event.touches.length !== 2) return
      event.preventDefault()
      pixels = middle(event.touches) - from
      target.move(pixels)
    },
    options,
  )
  const end = (): void => {
    if (from === undefined) return
    from = undefined
    target.end(pixels)
  }
  element.addEventListener('touchend', end, options)
  element.addEventListener('touchcancel', end, options)
  return () => stop.abort()
}

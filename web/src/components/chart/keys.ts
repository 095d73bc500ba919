/**
 * How far a key moves the cursor of a chart, in rows: one, ten with Shift, or to either end. With Alt or
 * Ctrl the keys are the browser's.
 */
export function rowsBy(event: KeyboardEvent): number | undefined {
  if (event.altKey || event.ctrlKey || event.metaKey) return undefined
  const far = event.shiftKey ? 10 : 1
  switch (event.key) {
    case 'ArrowLeft':
      return -far
    case 'ArrowRight':
      return far
    case 'Home':
      return -Infinity
    case 'End':
      return Infinity
    default:
      return undefined
  }
}

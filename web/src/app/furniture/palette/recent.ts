/** What was chosen in the palette lately, newest first. A habit of this browser, not a setting. */

const KEY = 'bellwether.recent'
const MOST = 5

export function readRecent(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : []
  } catch {
    return []
  }
}

export function noteRecent(id: string): void {
  try {
    const recent = [id, ...readRecent().filter((one) => one !== id)].slice(0, MOST)
    localStorage.setItem(KEY, JSON.stringify(recent))
  } catch {
    // Storage can be switched off: then nothing is recent.
  }
}

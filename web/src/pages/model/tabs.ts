/** tabs: the pages of a model, in the order of the bar. */

export const TABS = [
  ['live', 'Live'],
  ['try', 'Try it'],
  ['versions', 'Versions'],
  ['drift', 'Drift'],
  ['data', 'Data'],
] as const

export type Tab = (typeof TABS)[number][0]

/** What an address says; anything else is the first. */
export function tabOf(text: string): Tab {
  return TABS.find(([tab]) => tab === text)?.[0] ?? 'live'
}

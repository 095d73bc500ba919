/** The key `x`: between chart and table, on the card that is pointed at or holds the focus. */
export function toggleTable(): void {
  const cards = [...document.querySelectorAll('section')].filter((card) =>
    card.querySelector('[data-table-toggle]'),
  )
  const card =
    cards.find((one) => one.contains(document.activeElement)) ??
    cards.find((one) => one.matches(':hover')) ??
    cards[0]
  card?.querySelector<HTMLElement>('[data-table-toggle]')?.click()
}

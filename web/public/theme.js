// Sets the theme before anything is painted. A file of its own: the policy allows no inline code.
// app/theme.ts writes the key; without it the system decides.
;(function () {
  try {
    var choice = localStorage.getItem('bellwether.theme')
    if (choice === 'dark' || choice === 'light') document.documentElement.dataset.theme = choice
  } catch (refused) {
    // Storage can be switched off: then the system decides.
  }
})()

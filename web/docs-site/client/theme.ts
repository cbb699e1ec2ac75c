// Before anything is drawn: what was chosen in the console holds here, too (src/theme.ts).
const chosen = localStorage.getItem("outlet.theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;

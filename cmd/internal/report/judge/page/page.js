"use strict";
const nav = document.querySelector("nav");
if (nav) {
  nav.hidden = false;
  const buttons = [...nav.querySelectorAll("button")];
  nav.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const show = button.dataset.show;
    for (const b of buttons) b.setAttribute("aria-pressed", String(b === button));
    for (const d of document.querySelectorAll("details")) d.hidden = show !== "" && d.dataset.shown !== show;
    for (const s of document.querySelectorAll("section:not(.stale)")) s.hidden = !s.querySelector("details:not([hidden])");
  });
}

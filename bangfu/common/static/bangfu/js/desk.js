// What every page has. The modules listen on the document, so content that htmx brings in works without more ado.

import { watchDrafts } from "./autosave.js";
import { showOpened } from "./dialog.js";
import { showAllTotals } from "./grid.js";
import "./money.js";
import "./rows.js";
import "./session.js";
import "./upload.js";

function enhance(root) {
  watchDrafts(root);
  showAllTotals(root);
  showOpened(root);
  (root.querySelector("[data-focus]") || { focus() {} }).focus();
  // a strip of steps that is wider than the phone starts at the present one
  for (const now of root.querySelectorAll(".steps [aria-current=step]")) {
    const strip = now.closest(".steps");
    strip.scrollLeft += now.getBoundingClientRect().left - strip.getBoundingClientRect().left - 16;
  }
}

enhance(document);
document.addEventListener("htmx:load", (event) => { if (event.detail.elt !== document.body) enhance(event.detail.elt); });

// Menus (<details class="menu">) close like menus.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

// A filter that is a select sends its form at once.
document.addEventListener("change", (event) => {
  if (event.target.matches?.("select[data-submit]")) event.target.form.requestSubmit();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

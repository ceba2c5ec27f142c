// Lists by keyboard: <table class="list" data-rows> with <tr data-href="…"> whose first link leads there too.
// Up and down (or k and j) move, Enter opens; "/" goes to the search field.
// With data-beside="#pane" on the table a row opens beside the list where the screen is wide; the pane gets what stands in the page's <main>.

const WIDE = window.matchMedia("(min-width: 1280px)");

function open(row, event) {
  const table = row.closest("[data-rows]");
  const pane = table.dataset.beside && WIDE.matches && document.querySelector(table.dataset.beside);
  for (const other of table.querySelectorAll(".is-current")) other.classList.remove("is-current");
  row.classList.add("is-current");
  if (event?.ctrlKey || event?.metaKey) {
    window.open(row.dataset.href, "_blank");
  } else if (pane && window.htmx) {
    pane.closest(".split")?.classList.add("is-open");
    window.htmx.ajax("GET", row.dataset.href, { target: pane, swap: "innerHTML", select: "#main > .page-head, #main > .page-body" });
  } else {
    window.location.assign(row.dataset.href);
  }
}

function typing(element) {
  return element.closest?.("input, textarea, select, [contenteditable], dialog[open]");
}

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-rows] tr[data-href]");
  if (!row || event.defaultPrevented) return;
  const link = event.target.closest("a, button, input, label, summary");
  const own = link?.tagName === "A" && link.getAttribute("href") === row.dataset.href && row.closest("[data-beside]");
  if (link && !own) return;
  if (String(window.getSelection())) return;
  if (own && (event.ctrlKey || event.metaKey || event.shiftKey || event.button)) return;
  event.preventDefault();
  open(row, event);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search-key]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
    return;
  }
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  if (!step) return;
  const table = event.target.closest("[data-rows]") || (event.target === document.body || event.target.id === "main" ? document.querySelector("[data-rows]") : null);
  if (!table) return;
  const rows = [...table.querySelectorAll("tbody tr[data-href]")];
  if (!rows.length) return;
  const here = rows.indexOf(event.target.closest("tr[data-href]"));
  const next = rows[here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1)];
  event.preventDefault();
  (next.querySelector("a[href], button") || next).focus();
  next.scrollIntoView({ block: "nearest" });
});

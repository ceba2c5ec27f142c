// Dialogs without inline script: [data-dialog="id"] opens, [data-close] closes, dialog[data-open] is shown at once.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
      dialog.addEventListener("close", () => opener.focus(), { once: true });
    }
  }
  const closer = event.target.closest("[data-close]");
  if (closer) closer.closest("dialog").close();
});

// A second click on the way must not send the form twice.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button || event.target.method === "get" || event.target.method === "dialog") return;
  setTimeout(() => { button.classList.add("is-busy"); button.setAttribute("aria-disabled", "true"); });
});
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll(".is-busy")) { button.classList.remove("is-busy"); button.removeAttribute("aria-disabled"); }
});
document.addEventListener("htmx:afterRequest", (event) => {
  for (const button of event.detail.elt.querySelectorAll?.(".is-busy") ?? []) { button.classList.remove("is-busy"); button.removeAttribute("aria-disabled"); }
});

export function showOpened(root) {
  for (const dialog of root.querySelectorAll("dialog[data-open]")) if (!dialog.open) dialog.showModal();
}

// The wizard: messages at their fields, "以上均否", what belongs to a chosen cause, questions before something goes.

const list = () => document.getElementById("step-errors");

/** Puts the messages of the list on top at their fields too, and takes away those that are mended. */
function placeMessages() {
  const faults = new Map([...(list()?.querySelectorAll("[data-field]") || [])].map((link) => [link.dataset.field, link.dataset.message]));
  for (const box of document.querySelectorAll("[data-error-for]")) {
    const message = faults.get(box.dataset.errorFor) || "";
    if (box.textContent !== message) box.textContent = message;
    box.hidden = !message;
    box.closest(".field")?.classList.toggle("has-error", Boolean(message));
  }
  for (const input of document.querySelectorAll("#step-form input[name], #step-form select[name]")) {
    const wrong = faults.has(input.name);
    if (wrong !== input.classList.contains("is-invalid")) input.classList.toggle("is-invalid", wrong);
    if (wrong) { input.setAttribute("aria-invalid", "true"); input.title = faults.get(input.name); }
    else if (input.hasAttribute("aria-invalid")) { input.removeAttribute("aria-invalid"); input.removeAttribute("title"); }
  }
}

function showChosen() {
  for (const box of document.querySelectorAll(".cause-more")) {
    box.hidden = !document.querySelector(`input[name=causes][value="${box.dataset.cause}"]`)?.checked;
  }
  const lead = document.querySelector(".causes-lead");
  if (lead) lead.hidden = !document.querySelector("input[name=causes]:checked");
  const incident = document.querySelector("input[name=has_incident][value=yes]");
  if (incident) for (const part of document.querySelectorAll(".incident-more")) part.hidden = !incident.checked;
}

document.addEventListener("change", (event) => {
  if (event.target.name === "causes" && event.target.checked) {
    const none = document.querySelector("input[name=causes-none]");
    if (none) none.checked = false;
  }
  if (event.target.name === "causes-none" && event.target.checked) {
    for (const cause of document.querySelectorAll("input[name=causes]")) cause.checked = false;
  }
  if (["causes", "causes-none", "has_incident"].includes(event.target.name)) showChosen();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-all-no]");
  if (!button) return;
  let last = null;
  for (const set of button.closest("[data-group]").querySelectorAll("[data-tri]")) {
    const unknown = set.querySelector('input[value=""]'), no = set.querySelector("input[value=no]");
    if (unknown?.checked && !set.closest("[hidden]")) { no.checked = true; last = no; }
  }
  last?.dispatchEvent(new Event("change", { bubbles: true }));
});

// Three-way answers by letter: s/1 是, f/2 否, w/3 未知.
document.addEventListener("keydown", (event) => {
  const set = event.target.closest?.(".tri-set");
  if (!set || event.ctrlKey || event.altKey || event.metaKey) return;
  const value = { 1: "yes", s: "yes", y: "yes", 2: "no", f: "no", n: "no", 3: "", w: "" }[event.key.toLowerCase()];
  if (value === undefined) return;
  const input = set.querySelector(`input[value="${value}"]`);
  event.preventDefault();
  input.checked = true;
  input.focus();
  input.dispatchEvent(new Event("change", { bubbles: true }));
});

document.addEventListener("click", (event) => {
  const asked = event.target.closest("button[data-confirm]");
  if (asked && !window.confirm(asked.dataset.confirm)) event.preventDefault();
});
document.addEventListener("submit", (event) => {
  if (event.target.dataset?.confirm && !window.confirm(event.target.dataset.confirm)) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);

const watched = list();
if (watched) new MutationObserver(placeMessages).observe(watched, { childList: true, subtree: true });
placeMessages();
showChosen();

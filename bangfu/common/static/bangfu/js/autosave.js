// Drafts that save themselves: <form data-autosave> (or data-autosave="/address"; else the form's action).
//
// It posts the form's fields (no files) some 600 ms after the last change (data-autosave-delay), with the headers X-Autosave: 1 and HX-Request.
// The form carries <input type="hidden" name="version">. The server answers
//   200/204  saved; header X-Version (or JSON {"version": n}) is the new version; an HTML answer goes into data-autosave-target="#panel",
//            parts with hx-swap-oob go where they belong
//   422      not saved as it stands; an HTML answer goes into the target the same way
//   409      somebody else saved first; header X-Version is theirs and the body a fragment that shows both versions side by side
//   401      the session ended: the sign-in dialog opens, then the same post goes out again
// Until the server has acknowledged them, the values stay in sessionStorage of this tab and come back after a reload.
// [data-save-state] (in the form, or anywhere with the form's id as value) says where we are.

import { send } from "./session.js";

const WORDS = {
  saving: "正在保存", saved: "已保存", dirty: "有改动，即将保存", offline: "未保存—网络中断，内容留在本页，恢复后自动保存",
  busy: "未保存—系统繁忙，稍后自动再试", faulty: "还没有保存，请先更正标出的内容", conflict: "未保存—别人刚改过这一页", refused: "未保存—您当前的岗位不能修改这一页",
};

class Draft {
  constructor(form) {
    this.form = form;
    this.key = `draft:${window.location.pathname}:${form.id || form.getAttribute("action") || ""}`;
    this.delay = Number(form.dataset.autosaveDelay || 600);
    this.changes = 0;
    this.saved = 0;
    this.running = null;
    this.wait = 3000;
    form.addEventListener("draft:save", () => this.touch({ target: form }));
    this.restore();
  }

  // the attribute, not form.action: buttons of a form may be named "action" and would stand in its place
  get url() { return this.form.dataset.autosave || this.form.getAttribute("action") || window.location.pathname; }
  get dirty() { return this.changes > this.saved; }

  values() {
    return [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken");
  }

  touch(event) {
    if (event.target.type === "file" || event.target.closest?.("[data-no-autosave]")) return;
    this.changes += 1;
    this.keep();
    this.say("dirty");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), this.delay);
  }

  keep() {
    try { sessionStorage.setItem(this.key, JSON.stringify(this.values())); } catch { /* a full store must not stop typing */ }
  }

  restore() {
    let kept = null;
    try { kept = JSON.parse(sessionStorage.getItem(this.key) || "null"); } catch { sessionStorage.removeItem(this.key); }
    if (!kept) return;
    const byName = new Map();
    for (const [name, value] of kept) byName.set(name, [...(byName.get(name) || []), value]);
    const names = new Set([...this.form.elements].map((element) => element.name).filter(Boolean));
    names.delete("csrfmiddlewaretoken");
    for (const name of names) {
      const values = byName.get(name) || [];
      [...this.form.elements].filter((element) => element.name === name && element.type !== "file").forEach((element, index) => {
        if (element.type === "checkbox" || element.type === "radio") element.checked = values.includes(element.value);
        else if (element.multiple) for (const option of element.options) option.selected = values.includes(option.value);
        else if (values[index] !== undefined) element.value = values[index];
      });
    }
    this.changes += 1;
    this.say("dirty");
    this.timer = setTimeout(() => this.save(), 200);
  }

  say(state) {
    this.state = state;
    const shown = [...this.form.querySelectorAll("[data-save-state]")];
    if (this.form.id) shown.push(...document.querySelectorAll(`[data-save-state="${this.form.id}"]`));
    for (const element of shown) {
      element.classList.add("save-state");
      element.setAttribute("role", "status");
      element.dataset.state = { saved: "saved", saving: "saving", dirty: "dirty" }[state] || "failed";
      const time = new Date().toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
      const text = state === "saved" ? `已保存 ${time}` : WORDS[state];
      if (element.textContent !== text) element.textContent = text;
    }
  }

  /** Resolves to true when everything typed so far is with the server. */
  async save() {
    clearTimeout(this.timer);
    // one post at a time: two that carry the same version would make the second one look like somebody else's
    while (this.running) {
      await this.running;
      if (!this.dirty) return true;
    }
    const mine = this.post();
    this.running = mine;
    try { return await mine; } finally {
      if (this.running === mine) this.running = null;
      if (this.again) { this.again = false; this.save(); }
    }
  }

  async post() {
    const upTo = this.changes;
    this.say("saving");
    let answer;
    try {
      answer = await send(this.url, { method: "POST", body: new URLSearchParams(this.values()), headers: { "X-Autosave": "1" } });
    } catch {
      return this.later("offline");
    }
    if (answer.status >= 500) return this.later("busy");
    this.wait = 3000;
    const type = answer.headers.get("Content-Type") || "";
    const body = answer.status === 204 ? "" : await answer.text();
    if (answer.status === 409) return this.conflict(answer.headers.get("X-Version"), type.includes("html") ? body : "");
    if (answer.ok || answer.status === 422) this.take(type, body);
    if (!answer.ok) { this.say(answer.status === 422 ? "faulty" : "refused"); return false; }
    const version = answer.headers.get("X-Version") || (type.includes("json") && body ? JSON.parse(body).version : null);
    this.setVersion(version);
    this.saved = Math.max(this.saved, upTo);
    if (this.dirty) { this.keep(); this.again = true; return false; }
    sessionStorage.removeItem(this.key);
    this.say("saved");
    this.form.dispatchEvent(new CustomEvent("draft:saved", { bubbles: true, detail: { version } }));
    return true;
  }

  take(type, body) {
    const target = this.form.dataset.autosaveTarget && document.querySelector(this.form.dataset.autosaveTarget);
    if (!target || !type.includes("html") || !body.trim()) return;
    window.htmx.swap(target, body, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
  }

  setVersion(version) {
    const input = this.form.elements.version;
    if (input && version !== null && version !== undefined) input.value = version;
  }

  later(state) {
    this.say(state);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), this.wait);
    this.wait = Math.min(this.wait * 2, 30000);
    return false;
  }

  conflict(version, fragment) {
    this.say("conflict");
    return new Promise((resolve) => {
      const dialog = document.createElement("dialog");
      dialog.className = "dialog wide";
      dialog.setAttribute("aria-labelledby", "conflict-title");
      const title = Object.assign(document.createElement("h2"), { className: "dialog-title", id: "conflict-title", textContent: "您编辑期间，别人保存了这一页" });
      const text = document.createElement("div");
      if (fragment) text.innerHTML = fragment; // the server's own template; scripts in it do not run
      else text.textContent = "两边都改过同一处。请选择保留哪一份，您填写的内容目前都还在。";
      const actions = Object.assign(document.createElement("div"), { className: "dialog-actions" });
      const theirs = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet", textContent: "改用对方保存的" });
      const mine = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-primary", textContent: "保留我填写的" });
      actions.append(theirs, mine);
      dialog.append(title, text, actions);
      document.body.append(dialog);
      dialog.addEventListener("cancel", (event) => event.preventDefault());
      theirs.addEventListener("click", () => {
        sessionStorage.removeItem(this.key);
        this.saved = this.changes;
        window.location.reload();
      });
      mine.addEventListener("click", () => {
        this.setVersion(version);
        dialog.remove();
        this.again = true;
        resolve(false);
      });
      dialog.showModal();
    });
  }
}

const drafts = new Map();

export function watchDrafts(root) {
  const forms = root.matches?.("form[data-autosave]") ? [root] : root.querySelectorAll("form[data-autosave]");
  for (const form of forms) if (!drafts.has(form)) drafts.set(form, new Draft(form));
  for (const form of drafts.keys()) if (!form.isConnected) drafts.delete(form);
}

// A field may stand outside its form and name it (form="draft"), so the page listens, not the form.
for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => drafts.get(event.target.form)?.touch(event));
}

// The last changes go out before the form itself does, so that a session that ended or a lost line never costs what was typed.
document.addEventListener("submit", async (event) => {
  const draft = drafts.get(event.target);
  if (!draft || !(draft.dirty || draft.running)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const submitter = event.submitter;
  for (let round = 0; round < 5 && draft.dirty; round += 1) {
    await draft.save();
    if (draft.state !== "saving" && draft.state !== "saved" && draft.state !== "dirty") break;
  }
  if (draft.state === "faulty") draft.saved = draft.changes; // the form's own answer will list what is wrong
  if (!draft.dirty) event.target.requestSubmit(submitter);
}, true);

window.addEventListener("online", () => { for (const draft of drafts.values()) if (draft.dirty) draft.save(); });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") for (const draft of drafts.values()) if (draft.dirty && !draft.running) draft.save();
});
window.addEventListener("beforeunload", (event) => {
  for (const draft of drafts.values()) if (draft.dirty) event.preventDefault();
});

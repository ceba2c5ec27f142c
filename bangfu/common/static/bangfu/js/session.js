// Requests that survive the end of a session: an answer 401 opens the sign-in dialog where one stands, then the request is sent again.

export function csrfToken() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}

function renewTokens() {
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = csrfToken();
}

let signingIn = null;

/** Opens the dialog (once) and resolves when the person has signed in again. `again`: the answer after a sign-in was still 401. */
export function signIn(again = false) {
  const dialog = document.getElementById("sign-in-again");
  if (!dialog) {
    window.location.reload();
    return new Promise(() => {});
  }
  if (signingIn) return signingIn;
  const form = dialog.querySelector("form");
  const fault = dialog.querySelector("[data-fault]");
  const say = (text) => { fault.textContent = text; fault.hidden = !text; };
  if (again) {
    dialog.querySelector("[data-elsewhere]").hidden = false;
    form.elements.username.required = form.elements.password.required = false;
  }
  say("");
  signingIn = new Promise((resolve) => {
    const onCancel = (event) => event.preventDefault();
    const onSubmit = async (event) => {
      event.preventDefault();
      if (again && !form.elements.password.value) return finish();
      try {
        if (await enter(dialog.dataset.url, form, say)) finish();
      } catch {
        say("网络中断，请稍后再试。内容仍留在本页。");
      }
    };
    const finish = () => {
      form.removeEventListener("submit", onSubmit);
      dialog.removeEventListener("cancel", onCancel);
      form.elements.password.value = "";
      renewTokens();
      dialog.close();
      signingIn = null;
      resolve();
    };
    form.addEventListener("submit", onSubmit);
    dialog.addEventListener("cancel", onCancel);
    dialog.showModal();
  });
  return signingIn;
}

async function enter(url, form, say) {
  if (!csrfToken()) await fetch(url, { credentials: "same-origin" });
  const body = new URLSearchParams({ username: form.elements.username.value, password: form.elements.password.value });
  const answer = await fetch(url, { method: "POST", body, redirect: "manual", credentials: "same-origin", headers: { "X-CSRFToken": csrfToken() } });
  if (answer.type === "opaqueredirect" || answer.status === 204) return true;
  say(answer.status === 429 ? "密码多次不符，账号暂时锁定，请半小时后再试或请账号管理员解锁。" : "账号或密码不符，请再输入一次。");
  form.elements.password.value = "";
  form.elements.password.focus();
  return false;
}

/** fetch with the CSRF token; on 401 the person signs in and the same request goes out again. Rejects only when the network fails. */
export async function send(url, options = {}) {
  for (let attempt = 0; ; attempt += 1) {
    const headers = { "X-CSRFToken": csrfToken(), "X-Requested-With": "XMLHttpRequest", "HX-Request": "true", ...(options.headers || {}) };
    const answer = await fetch(url, { credentials: "same-origin", ...options, headers });
    if (answer.status !== 401) return answer;
    await signIn(attempt > 0);
  }
}

document.addEventListener("htmx:configRequest", (event) => {
  const token = csrfToken();
  if (token) event.detail.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:responseError", async (event) => {
  const { xhr, requestConfig, target } = event.detail;
  if (xhr.status === 401) {
    await signIn(requestConfig.headers["X-Again"] === "1");
    window.htmx.ajax(requestConfig.verb, requestConfig.path, { source: requestConfig.elt, target, headers: { "X-Again": "1" } });
  } else {
    const faults = { 403: "您当前的岗位不办理这一项。", 404: "没有找到，可能刚被别人改动，请刷新本页。", 409: "这一项刚被别人改动，请刷新后再办。", 413: "内容太大，没有提交。" };
    notice(faults[xhr.status] || "刚才的操作没有完成，请稍后再试。", "error");
  }
});

document.addEventListener("htmx:sendError", () => notice("网络中断，刚才的操作没有送达，请稍后再试。", "error"));

/** A line on top of the page. level: info, success, warning, error. */
export function notice(text, level = "info") {
  const box = document.getElementById("toasts");
  if (!box) return;
  const line = document.createElement("div");
  line.className = `toast-line toast-${level}`;
  line.dataset.toast = "";
  if (level === "error") line.setAttribute("role", "alert");
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", "关闭提示");
  close.textContent = "×";
  line.append(words, close);
  for (const old of box.children) if (old.textContent === line.textContent) old.remove();
  box.append(line);
  if (level === "error") box.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-toast-close]");
  if (close) close.closest("[data-toast]").remove();
});

// Requests that survive the end of a session: an answer 401 opens the sign-in dialog where one stands, then the request is sent again.

export function csrfToken() {
  const cookie = document.cookie.split("; ").find((part) => part.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}

function renewTokens() {
  for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = csrfToken();
}

let signingIn = null;

/** Opens the dialog (once) and resolves when the same person has signed in again. */
export function signIn() {
  const dialog = document.getElementById("sign-in-again");
  if (!dialog) {
    window.location.reload();
    return new Promise(() => {});
  }
  signingIn ??= new Promise((resolve) => {
    const form = dialog.querySelector("form");
    const step = (name) => {
      for (const part of dialog.querySelectorAll("[data-step]")) part.hidden = part.dataset.step !== name;
      dialog.querySelector(`[data-step=${name}] input`).focus();
    };
    const say = (text) => {
      const fault = dialog.querySelector("[data-fault]");
      fault.textContent = text;
      fault.hidden = !text;
    };
    const onCancel = (event) => event.preventDefault();
    const onSubmit = async (event) => {
      event.preventDefault();
      say("");
      let done = false;
      try {
        done = await enter(dialog, form, say, step);
      } catch {
        say("网络中断，请稍后再试。内容仍留在本页。");
      }
      if (!done) return;
      form.removeEventListener("submit", onSubmit);
      dialog.removeEventListener("cancel", onCancel);
      form.reset();
      renewTokens();
      dialog.close();
      signingIn = null;
      resolve();
    };
    form.addEventListener("submit", onSubmit);
    dialog.addEventListener("cancel", onCancel);
    dialog.showModal();
    step("password");
    say("");
  });
  return signingIn;
}

/** One press of the dialog's button. 204 is in (with HX-Redirect: somewhere else first), 200 asks for the second factor, 422 says what was wrong. */
async function enter(dialog, form, say, step) {
  if (!csrfToken()) await fetch(dialog.dataset.url, { credentials: "same-origin" });
  const asksToken = !dialog.querySelector("[data-step=token]").hidden;
  const { username, password, token } = form.elements;
  const given = asksToken ? { token: token.value } : { username: username.value, password: password.value };
  const answer = await fetch(asksToken ? dialog.dataset.tokenUrl : dialog.dataset.url, {
    method: "POST", body: new URLSearchParams(given), credentials: "same-origin", headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" },
  });
  if (answer.status === 204) {
    const elsewhere = answer.headers.get("HX-Redirect");
    if (elsewhere) window.open(elsewhere, "_blank");
    const event = JSON.parse(answer.headers.get("HX-Trigger") || "{}")["signed-in"];
    if (event && dialog.dataset.user && String(event.user) !== dialog.dataset.user) {
      say("刚才登录的是另一个账号。本页由原来的账号填写，请用原账号登录。");
      return false;
    }
    return true;
  }
  if (answer.ok) {
    step("token");
    return false;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  say(page.querySelector("[role=alert], .field-error")?.textContent.trim() || (answer.status === 429 ? "密码多次不符，账号暂停登录，请稍后再试。" : "账号或密码不符，请再输入一次。"));
  (asksToken ? token : password).value = "";
  (asksToken ? token : password).focus();
  return false;
}

/** fetch with the CSRF token; on 401 the person signs in and the same request goes out again. Rejects only when the network fails. */
export async function send(url, options = {}) {
  for (;;) {
    const headers = { "X-CSRFToken": csrfToken(), "X-Requested-With": "XMLHttpRequest", "HX-Request": "true", ...(options.headers || {}) };
    const answer = await fetch(url, { credentials: "same-origin", ...options, headers });
    if (answer.status !== 401) return answer;
    await signIn();
  }
}

document.addEventListener("htmx:configRequest", (event) => {
  const token = csrfToken();
  if (token) event.detail.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:responseError", async (event) => {
  const { xhr, requestConfig, target } = event.detail;
  if (xhr.status === 401) {
    await signIn();
    window.htmx.ajax(requestConfig.verb, requestConfig.path, { source: requestConfig.elt, target });
  } else {
    const faults = { 403: "您当前的岗位不办理这一项。", 404: "没有找到，可能刚被别人改动，请刷新本页。", 409: "这一项刚被别人改动，请刷新后再办。", 413: "内容太大，没有提交。" };
    notice(faults[xhr.status] || "刚才的操作没有完成，请稍后再试。", "error");
  }
});

document.addEventListener("htmx:sendError", () => notice("网络中断，刚才的操作没有送达，请稍后再试。", "error"));

/** A line at the lower edge of the screen. level: info, success, warning, error; errors stay until closed, the others eight seconds. */
export function notice(text, level = "info") {
  const box = document.getElementById("notices");
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
  box.replaceChildren(line);
  if (level !== "error") setTimeout(() => line.remove(), 8000);
}

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-toast-close]");
  if (close) close.closest("[data-toast]").remove();
});

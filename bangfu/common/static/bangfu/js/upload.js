// Uploads: <form data-upload action="…" method="post" enctype="multipart/form-data"> around
//   <div class="drop"> … <input type="file" name="file" multiple> … (a second input with capture="environment" for the camera)
//   data-max-bytes="20971520"   refused here already, with a clear message, and by the server again
//   data-upload-target="#papers" where the server's HTML answer goes (2xx); a 4xx answer is {"message": "…"} or plain text
// One request per file, with progress. Without JavaScript the form still sends itself.

import { csrfToken, signIn } from "./session.js";

const megabytes = (bytes) => `${(bytes / 1048576).toFixed(bytes < 10485760 ? 1 : 0)} MB`;

function line(form, file) {
  let list = form.querySelector(".upload-list");
  if (!list) {
    list = Object.assign(document.createElement("ul"), { className: "upload-list" });
    list.setAttribute("aria-live", "polite");
    form.append(list);
  }
  const item = document.createElement("li");
  const name = Object.assign(document.createElement("span"), { textContent: file.name });
  const state = document.createElement("span");
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
  bar.setAttribute("aria-label", `${file.name} 上传进度`);
  item.append(name, state, bar);
  list.append(item);
  return {
    progress(percent) { bar.value = percent; state.textContent = `${percent}%`; },
    done(text) { bar.remove(); item.className = "is-done"; state.textContent = text; },
    fail(text) { bar.remove(); item.className = "is-bad"; name.textContent = `${file.name}：${text}`; state.textContent = ""; },
    again(action) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-quiet", textContent: "再传一次" });
      button.addEventListener("click", () => { item.remove(); action(); });
      state.append(button);
    },
  };
}

function post(form, input, file, show) {
  return new Promise((resolve) => {
    const body = new FormData();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
    body.append(input.name, file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", form.getAttribute("action"));
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) show.progress(Math.floor((event.loaded / event.total) * 100)); });
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", () => resolve(null));
    request.send(body);
  });
}

function reason(request) {
  const type = request.getResponseHeader("Content-Type") || "";
  if (type.includes("json")) {
    try { return JSON.parse(request.responseText).message; } catch { /* fall through */ }
  }
  if (type.startsWith("text/plain") && request.responseText) return request.responseText;
  return { 413: "文件太大，没有收下", 415: "不是可以收的文件类型", 403: "您当前的岗位不能上传" }[request.status] || "没有传上去，请稍后再试";
}

async function upload(form, input, file) {
  const limit = Number(form.dataset.maxBytes || 0);
  const show = line(form, file);
  if (limit && file.size > limit) {
    show.fail(`文件 ${megabytes(file.size)}，超过 ${megabytes(limit)} 的上限。请缩小照片（如选“标准”画质或截取有内容的部分）后再传`);
    return;
  }
  if (!file.size) { show.fail("文件是空的，请重新选择"); return; }
  let answer = await post(form, input, file, show);
  while (answer && answer.status === 401) {
    await signIn();
    answer = await post(form, input, file, show);
  }
  if (!answer) { show.fail("网络中断，没有传上去"); show.again(() => upload(form, input, file)); return; }
  if (answer.status >= 300) { show.fail(reason(answer)); return; }
  show.done("已上传");
  const target = form.dataset.uploadTarget && document.querySelector(form.dataset.uploadTarget);
  if (target && answer.responseText.trim()) window.htmx.swap(target, answer.responseText, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
  form.dispatchEvent(new CustomEvent("upload:done", { bubbles: true, detail: { name: file.name } }));
}

async function uploadAll(form, input, files) {
  for (const file of files) await upload(form, input, file);
}

document.addEventListener("change", (event) => {
  const form = event.target.type === "file" && event.target.closest("form[data-upload]");
  if (!form || !event.target.files.length) return;
  const files = [...event.target.files];
  event.target.value = "";
  uploadAll(form, event.target, files);
});

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const drop = event.target.closest?.(".drop");
    const form = drop?.closest("form[data-upload]");
    if (!form) return;
    event.preventDefault();
    drop.classList.toggle("is-over", kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files.length) uploadAll(form, form.querySelector("input[type=file]"), [...event.dataTransfer.files]);
  });
}

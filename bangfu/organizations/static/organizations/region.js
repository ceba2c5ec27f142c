// Offers matches for a region field while a name or code is typed: <input data-region list="regions"> and <datalist id="regions" data-url>.

const list = document.getElementById("regions");
let asked = "";
let timer = 0;

async function offer(input) {
  const text = input.value.trim();
  if (text.length < 2 || text === asked) return;
  asked = text;
  const answer = await fetch(`${list.dataset.url}?q=${encodeURIComponent(text)}`, {
    credentials: "same-origin",
    headers: { "X-Requested-With": "XMLHttpRequest", "X-Background": "1" },
  });
  if (answer.ok && input.value.trim() === text) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    list.replaceChildren(...page.querySelectorAll("option"));
  }
}

if (list) {
  for (const input of document.querySelectorAll("input[data-region]")) {
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => offer(input).catch(() => {}), 150);
    });
  }
}

/* Pages follow each other without leaving the address: answers travel in bodies, never in it. The tab's own history remembers what was sent,
   so that Back, Forward and Reload show the same questions again. Without this script the forms work as they are. */
const main = () => document.querySelector("[data-ask]");

async function show(body) {
  main().setAttribute("aria-busy", "true");
  const answer = await fetch(location.pathname, body === null ? { cache: "no-store" } : {
    method: "POST", body: new URLSearchParams(body), cache: "no-store", headers: { "X-Requested-With": "ask" },
  });
  if (answer.status >= 400 && answer.status !== 422 && answer.status !== 429) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = page.title;
  document.querySelector(".ask-top").replaceWith(page.querySelector(".ask-top"));
  main().replaceWith(page.querySelector("[data-ask]"));
  scrollTo(0, 0);
  (main().querySelector("[aria-invalid]") ?? main()).focus({ preventScroll: true });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!main()?.contains(form)) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter)).toString();
  try {
    await show(body);
    history.pushState({ body }, "");
  } catch {
    if (event.submitter?.name) {
      const kept = Object.assign(document.createElement("input"), { type: "hidden", name: event.submitter.name, value: event.submitter.value });
      form.append(kept);
    }
    form.submit();
  }
});

addEventListener("popstate", (event) => show(event.state?.body ?? null).catch(() => location.reload()));

// Whoever comes anew, on a shared phone say, begins anew; only Reload and Back show what was there.
const came = performance.getEntriesByType("navigation")[0]?.type;
if (came === "navigate") history.replaceState(null, "");
else if (history.state?.body) show(history.state.body).catch(() => history.replaceState(null, ""));

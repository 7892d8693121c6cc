// What waits for the leader appears by itself, but never while a form is being filled.
const work = document.getElementById("arbeit");
let version = Number(work.dataset.version);
setInterval(async () => {
  const busy = document.activeElement?.matches("input, textarea, select") || document.querySelector("details[open]");
  if (document.hidden || busy) return;
  try {
    const reply = await fetch(work.dataset.state, { cache: "no-store" });
    const state = await reply.json();
    if (state.version === version) return;
    version = state.version;
    const fresh = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), "text/html");
    const label = document.activeElement?.getAttribute("aria-label");
    for (const id of ["arbeit", "zahlen"]) document.getElementById(id).innerHTML = fresh.getElementById(id).innerHTML;
    document.getElementById("alle").parentElement.innerHTML = fresh.getElementById("alle").parentElement.innerHTML;
    if (label) document.querySelector(`[aria-label="${CSS.escape(label)}"]`)?.focus();
  } catch {
    // The next look may succeed.
  }
}, 2000);

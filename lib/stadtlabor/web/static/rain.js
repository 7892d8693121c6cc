// Fetches the state anew every minute. Where that fails, the style sheet hides it after ten minutes.
const EVERY_MS = 60_000;

async function renew() {
  try {
    const answer = await fetch("/regen", { cache: "no-store" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#lage");
    const old = document.querySelector("#lage");
    if (!fresh || !old) return;
    const open = [...old.querySelectorAll("details")].map((one) => one.open);
    const inside = old.contains(document.activeElement);
    // Somebody reads here with the keyboard: only a changed state may take the place away.
    if (inside && fresh.dataset.version === old.dataset.version) return restart(old);
    old.replaceWith(document.adoptNode(fresh));
    fresh.querySelectorAll("details").forEach((one, n) => { one.open = Boolean(open[n]); });
    restart(fresh);
  } catch {
    // No net: what is shown grows old, and the page says so by itself.
  }
}

// The clocks that hide an old state start again.
function restart(shown) {
  for (const element of [shown, document.querySelector("#alt")]) {
    for (const running of element.getAnimations()) { running.cancel(); running.play(); }
  }
}

setInterval(renew, EVERY_MS);

// Takes the live content of an app and puts it in the place of what was computed last.
import "@jupyter-widgets/controls/css/widgets.css";
import "leaflet/dist/leaflet.css";
import "leaflet-defaulticon-compatibility/dist/leaflet-defaulticon-compatibility.webpack.css";
import "jupyter-leaflet/css/jupyter-leaflet.css";

import { Manager } from "./manager.js";

const ROOT = new URL(".", location.href).pathname; // /apps/
const WATCH_MS = 20000;
const END = "<!-- Ende -->"; // what comes without it was cut off
const BUSY_MS = 400; // what takes less needs no sign

const main = document.getElementById("inhalt");
const live = document.getElementById("live");

const { kernel, rest } = await opened(await window.session);
const address = `${ROOT}api/kernels/${kernel}`;
let closed = false;
window.addEventListener("pagehide", () => {
  closed = true;
  navigator.sendBeacon(`${address}/end`);
});
const manager = new Manager(ROOT, kernel); // connects while the cells run
const shown = await rest.catch(() => "");
if (!shown.endsWith(END)) {
  document.getElementById("ended").hidden = false;
  throw new Error("the live content was cut off");
}
live.innerHTML = shown;
const places = [...live.querySelectorAll("[data-widget]")];
if (places.length) {
  await manager.load();
  await Promise.all(places.map((place) => manager.show(place.dataset.widget, place)));
  watch();
} else {
  manager.dispose(); // the server has ended the kernel
}
requestAnimationFrame(takeOver);

/** Read the first line, which names the kernel; the rest is HTML. */
async function opened(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) text += (await reader.read()).value;
  const end = text.indexOf("\n");
  const rest = (async () => {
    let html = text.slice(end + 1);
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return html;
      html += value;
    }
  })();
  return { ...JSON.parse(text.slice(0, end)), rest };
}

/** Swap without a jump: what was opened stays open, the place on the page stays. */
function takeOver() {
  const still = document.getElementById("vorschau"); // may have been renewed while one waited
  const opened = [...still.querySelectorAll("details")].map((each) => each.open);
  live.querySelectorAll("details").forEach((each, number) => (each.open = opened[number] ?? false));
  const focused = still.contains(document.activeElement);
  const state = document.getElementById("lage");
  const heading = live.querySelector("h1");
  if (heading) heading.after(state);
  else live.prepend(state);
  still.remove();
  delete live.dataset.building;
  main.dataset.state = "live";
  state.textContent = places.length ? main.dataset.ready : "";
  if (focused) main.focus({ preventScroll: true });
}

/** Show that the kernel works, and say when it has gone. */
function watch() {
  const busy = document.getElementById("rechnet");
  let timer;
  manager.kernel.statusChanged.connect((_, status) => {
    clearTimeout(timer);
    if (status === "busy") timer = setTimeout(() => (busy.hidden = false), BUSY_MS);
    else busy.hidden = true;
  });
  const look = setInterval(async () => {
    const answer = await fetch(address).catch(() => null);
    if (closed || answer?.status !== 404) return;
    clearInterval(look);
    manager.dispose();
    document.getElementById("ended").hidden = false;
  }, WATCH_MS);
}

// Sliders have a label that only eyes connect with them.
new MutationObserver(() => {
  for (const handle of document.querySelectorAll(".noUi-handle:not([aria-label])")) {
    const label = handle.closest(".jupyter-widgets")?.querySelector("label");
    if (label) handle.setAttribute("aria-label", label.textContent);
  }
}).observe(live, { childList: true, subtree: true });

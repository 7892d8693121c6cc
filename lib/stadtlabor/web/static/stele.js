// Turns the three views of the stele, fetches new data every minute, says how old they are.
const { state: first, words, zone } = JSON.parse(document.getElementById("worte").textContent);
const VIEWS = ["now", "shops", "join"];
const TURN_MS = 10_000; // three views in 30 seconds
const REST_MS = 60_000; // who touches a button may read on
const FETCH_MS = 60_000;
const STALE_MS = 5 * 60_000;
const OVER_MS = 24 * 3_600_000;
const SVG = "http://www.w3.org/2000/svg";
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const id = (name) => document.getElementById(name);
let state = first;
let shown = 0;
let held = calm; // who wants no motion turns by hand
let restUntil = 0;

const show = (view) => {
  // Yesterday's crowd is no news: numbers and shops go, the ways to take part stay.
  shown = document.body.classList.contains("over") ? VIEWS.length - 1 : view;
  VIEWS.forEach((name, n) => {
    id(name).hidden = n !== shown;
    const button = document.querySelector(`[data-view=${name}]`);
    if (n === shown) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
};

const element = (name, attributes, text = "") => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
};

const BASE = 520; // of the bars, in the drawing's own units
const HIGH = 460;
const draw = (hours) => {
  id("tag").hidden = hours.every(([, count, usual]) => count === null && usual === null);
  const most = Math.max(1, ...hours.flatMap(([, count, usual]) => [count ?? 0, usual ?? 0]));
  const width = 960 / hours.length;
  const height = (value) => (HIGH * value) / most;
  const rule = (kind, y, from = 0, to = 960) => element("line", { class: kind, x1: from, x2: to, y1: y, y2: y });
  const parts = [rule("line", BASE), rule("grid", BASE - HIGH)];
  parts.push(element("text", { class: "left", x: 0, y: BASE - HIGH - 12 }, `${most.toLocaleString("de-DE")} ${words.now.axis}`));
  hours.forEach(([hour, count, usual], n) => {
    const x = n * width;
    if (count !== null) {
      parts.push(element("rect", { class: "today", x: x + 5, width: width - 10, y: BASE - height(count), height: height(count) }));
    }
    if (usual !== null) parts.push(rule("usual", BASE - height(usual), x + 1, x + width - 1));
    if (hour % 3 === 0) parts.push(element("text", { x: x + width / 2, y: BASE + 38 }, hour));
  });
  id("kurve").replaceChildren(...parts);
};

const write = () => {
  for (const place of document.querySelectorAll("[data-now]")) place.textContent = state.now[place.dataset.now];
  for (const place of document.querySelectorAll("[data-badge]")) place.hidden = !state[place.dataset.badge].simulated;
  id("kurve").setAttribute("aria-label", state.now.alt);
  draw(state.now.hours);
  id("anzahl").textContent = state.shops.count;
  id("liste").replaceChildren(
    ...state.shops.items.map((shop) => {
      const row = document.createElement("li");
      if (shop.old) row.className = "old";
      for (const [kind, text] of [["strong", shop.name], ["span", shop.facts], ["small", shop.age]]) {
        row.append(Object.assign(document.createElement(kind), { textContent: text }));
      }
      return row;
    }),
  );
};

const tell = () => {
  const made = new Date(state.made);
  const age = Date.now() - made;
  // The city's clock, whatever the stele's own is set to.
  const day = (moment) => moment.toLocaleDateString("de-DE", { timeZone: zone });
  const clock = { hour: "2-digit", minute: "2-digit", timeZone: zone };
  const form = day(made) === day(new Date()) ? clock : { day: "numeric", month: "numeric", ...clock };
  const time = made.toLocaleString("de-DE", form);
  const stale = age > STALE_MS;
  const minutes = Math.round(age / 60_000);
  const long = minutes < 120 ? words.minutes.replace("{n}", minutes) : words.hours.replace("{n}", Math.floor(minutes / 60));
  const said = stale ? words.offline.replace("{age}", long).replace("{time}", time) : words.stand.replace("{time}", time);
  if (id("stand").textContent !== said) id("stand").textContent = said;
  document.body.classList.toggle("stale", stale);
  const over = age > OVER_MS;
  id("alt").hidden = !over;
  document.body.classList.toggle("over", over);
  if (over) show(shown);
};

const news = async () => {
  try {
    const reply = await fetch("/stele/daten.json", { cache: "no-store" });
    if (!reply.ok) return;
    const found = await reply.json();
    // A new version of the pages has come: take it, unless this is the kept answer of the old one.
    if (found.version !== state.version && found.made > state.made) return location.reload();
    if (found.made > state.made) {
      state = found;
      write();
    }
  } catch {
    // no net: the stand below says since when
  } finally {
    tell();
  }
};

const hold = (on) => {
  held = on;
  id("halt").setAttribute("aria-pressed", String(on));
  id("halt").textContent = on ? words.go_on : words.pause;
};

for (const button of document.querySelectorAll("[data-view]")) {
  button.addEventListener("click", () => {
    restUntil = Date.now() + REST_MS;
    show(VIEWS.indexOf(button.dataset.view));
  });
}
id("halt").addEventListener("click", () => hold(!held));

document.body.classList.add("turns");
id("knoepfe").hidden = false;
id("ohne-skript").hidden = true;
hold(held);
write();
show(0);
tell();
setInterval(() => {
  if (!held && Date.now() > restUntil) show((shown + 1) % VIEWS.length);
}, TURN_MS);
setInterval(news, FETCH_MS);
addEventListener("online", news);
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/stele/dienst.js", { scope: "/stele" });
// A page out of the worker's store may be old: ask at once.
news();

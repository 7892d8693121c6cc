// A room on a phone: contributions leave by themselves when there is a net; votes count at once.
import { queueOf, random } from "./queue.js";

const say = JSON.parse(document.getElementById("worte").textContent);
const form = document.getElementById("raum");
const said = document.getElementById("gesagt");
const waiting = document.getElementById("warten");
const list = document.getElementById("liste");
const fresh = document.getElementById("neues");
const HOME = `/raum/${say.code}`;
const VOTES = `raum:${say.code}:stimmen`;
const EVERY = 3000;

const kept = (name, other) => JSON.parse(localStorage.getItem(name) || JSON.stringify(other));
const keep = (name, value) => localStorage.setItem(name, JSON.stringify(value));

// One random number per device: it alone may change what came from here.
let token = localStorage.getItem("raum:token");
if (!token) localStorage.setItem("raum:token", (token = random(16)));
for (const field of document.querySelectorAll("[name=token]")) field.value = token;

const tell = (words, bad = false, focus = true) => {
  said.textContent = words;
  said.hidden = false;
  said.toggleAttribute("data-bad", bad);
  if (focus) said.focus();
};

const post = async (path, body) => {
  const reply = await fetch(HOME + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...body, token }),
  });
  if (reply.status >= 500) throw new Error("later");
  return reply;
};
const words = async (reply) => (await reply.json().catch(() => ({}))).said || say.answer.broken;

// What was refused is not tried again, but its words go back to whoever wrote them.
const refused = async (reply, entry) => {
  if (form && !form.elements.text.value) form.elements.text.value = entry.text;
  tell(await words(reply), true, false);
};
const queue = queueOf(`raum:${say.code}:warten`, waiting, say.answer.queue, (entry) => post("", entry), refused);

if (form) {
  const adapt = () => {
    const proposal = form.elements.kind.value === "proposal";
    const use = form.querySelector(".room-use");
    if (use) use.hidden = !proposal;
    for (const option of form.elements.place.options)
      option.hidden = option.disabled = proposal && !("vacant" in option.dataset);
    if (proposal && form.elements.place.selectedOptions[0]?.disabled)
      form.elements.place.value = [...form.elements.place.options].find((o) => !o.disabled)?.value ?? "";
    // A place of the list and a pin would contradict each other.
    if (form.elements.place.value !== "karte") form.elements.lat.value = form.elements.lon.value = "";
  };
  form.addEventListener("change", adapt);

  const map = document.getElementById("karte");
  const toggle = map.querySelector("button");
  map.hidden = false;
  toggle.addEventListener("click", async () => {
    const picture = document.getElementById("kartenbild");
    picture.hidden = !picture.hidden;
    toggle.setAttribute("aria-expanded", String(!picture.hidden));
    toggle.firstElementChild.textContent = picture.hidden ? say.form.map_open : say.form.map_close;
    if (picture.hidden) return;
    const { show } = await import(say.map);
    show(picture, say, (place, lat, lon) => {
      const choice = form.elements.place;
      if (!place && ![...choice.options].some((o) => o.value === "karte"))
        choice.add(new Option(say.form.place_map, "karte"));
      choice.value = place || "karte";
      form.elements.lat.value = place ? "" : lat;
      form.elements.lon.value = place ? "" : lon;
    });
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = new FormData(form);
    const entry = { id: random(12), kind: fields.get("kind"), text: fields.get("text"), place: fields.get("place") };
    if (entry.kind === "proposal") entry.use = fields.get("use");
    if (fields.get("lat")) Object.assign(entry, { lat: Number(fields.get("lat")), lon: Number(fields.get("lon")) });
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    said.hidden = true;
    let told = say.answer.kept;
    try {
      const reply = await post("", entry);
      told = await words(reply);
      if (!reply.ok) return tell(told, true);
    } catch {
      queue.add(entry);
    } finally {
      button.disabled = false;
    }
    form.reset();
    adapt();
    // The next contribution starts with a clean map.
    document.getElementById("kartenbild").replaceChildren();
    if (toggle.getAttribute("aria-expanded") === "true") toggle.click();
    tell(told);
    await look();
    if (state) draw();
  });
  adapt();
}

const mine = kept(VOTES, {});
const press = () => {
  for (const button of list.querySelectorAll("button"))
    button.setAttribute("aria-pressed", String(mine[button.form.elements.number.value] === Number(button.value)));
};

list.addEventListener("submit", async (event) => {
  event.preventDefault();
  const number = Number(event.target.elements.number.value);
  const wanted = Number(event.submitter.value);
  const value = mine[number] === wanted ? 0 : wanted;
  try {
    const reply = await post("/stimme", { number, value });
    if (!reply.ok) return tell(await words(reply), true);
    mine[number] = value;
    keep(VOTES, mine);
    tell(await words(reply), false, false);
    press();
    look();
  } catch {
    tell(say.answer.offline, true);
  }
});

const age = document.getElementById("alter");
age.addEventListener("change", async () => {
  try {
    const reply = await post("/alter", { age: age.elements.age.value });
    tell(await words(reply), !reply.ok, false);
  } catch {
    tell(say.answer.offline, true, false);
  }
});

// New entries wait behind a button: a list that moves under a thumb or a screen reader is no list.
let state = null;
const entry = (item) => {
  const row = document.createElement("li");
  row.dataset.number = item.id;
  const where = document.createElement("p");
  where.className = "room-where";
  const place = item.place || (item.lat === null ? "" : say.list.somewhere);
  where.textContent = (item.use || item.kind) + (place ? ` · ${place}` : "");
  const text = document.createElement("p");
  text.className = "kern-body";
  text.id = `text-${item.id}`;
  text.textContent = item.text;
  const vote = document.createElement("form");
  vote.className = "room-vote";
  const number = Object.assign(document.createElement("input"), { type: "hidden", name: "number", value: item.id });
  vote.append(number);
  for (const [value, name] of [[1, "up"], [-1, "down"]]) {
    const button = Object.assign(document.createElement("button"), { className: "kern-btn kern-btn--tertiary", value });
    button.setAttribute("aria-describedby", text.id);
    const label = Object.assign(document.createElement("span"), { className: "kern-label" });
    label.append(`${say.list[name]} `, Object.assign(document.createElement("b"), { textContent: item[name] }));
    button.append(label);
    vote.append(button);
  }
  row.append(where, text, vote);
  return row;
};

const draw = () => {
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...state.items.toReversed().map(entry));
  document.getElementById("leer").hidden = state.items.length > 0;
  fresh.hidden = true;
  press();
  if (focused) said.focus();
};
fresh.addEventListener("click", () => {
  draw();
  list.querySelector("button")?.focus();
});

let tag = "";
const look = async () => {
  try {
    const reply = await fetch(`${HOME}/stand.json`, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (reply.status !== 200) return;
    tag = reply.headers.get("ETag");
    state = await reply.json();
  } catch {
    return;
  }
  const known = new Map([...list.children].map((row) => [Number(row.dataset.number), row]));
  const gone = [...known.keys()].some((n) => !state.items.some((item) => item.id === n));
  const more = state.items.filter((item) => !known.has(item.id)).length;
  for (const item of state.items) {
    const row = known.get(item.id);
    if (!row) continue;
    row.querySelector(".kern-body").textContent = item.text;
    const counts = row.querySelectorAll("b");
    counts[0].textContent = item.up;
    counts[1].textContent = item.down;
  }
  if (gone || (more && !list.children.length)) return draw();
  fresh.hidden = !more;
  fresh.firstElementChild.textContent = say.list.fresh.replace("{n}", more);
};

press();
setInterval(() => {
  if (document.hidden) return;
  look();
  queue.flush();
}, EVERY);

// The survey without a net: answers wait on the device and leave by themselves when they can.
import { queueOf, random } from "./queue.js";

const form = document.getElementById("umfrage");
const said = document.getElementById("gesagt");
const waiting = document.getElementById("warten");
const tell = (words, bad = false) => {
  said.textContent = words;
  said.hidden = false;
  said.toggleAttribute("data-bad", bad);
  said.focus();
};

// Whoever comes by car is asked two things more.
const cars = () => {
  for (const part of form.querySelectorAll("[data-part]")) {
    const n = part.dataset.part;
    const mode = form.elements[`mode_${n}`].value;
    part.querySelector(".survey-car").hidden = mode !== "car";
    part.querySelector(".survey-row").hidden = !mode;
  }
};

const answer = () => {
  const fields = new FormData(form);
  const legs = [];
  for (const n of ["1", "2", "3"]) {
    const mode = fields.get(`mode_${n}`);
    if (!mode) continue;
    const leg = { mode };
    const km = (fields.get(`km_${n}`) || "").trim().replace(",", ".");
    if (km) leg.km = Number(km);
    if (fields.get(`minutes_${n}`)) leg.minutes = Number(fields.get(`minutes_${n}`));
    if (!("km" in leg) && !("minutes" in leg)) return null;
    if (mode === "car") {
      leg.persons = Number(fields.get(`persons_${n}`));
      leg.only_for_school = fields.get(`only_${n}`) === "1";
    }
    legs.push(leg);
  }
  return { group: fields.get("group"), days: Number(fields.get("days")), season: fields.get("season"), legs };
};

const post = (entry) =>
  fetch(form.action, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(entry),
  });

const queue = queueOf(`schulweg:${form.action}`, waiting, form.dataset.waiting, post);

form.addEventListener("change", cars);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = answer();
  if (!given) return tell(form.dataset.fault, true);
  const entry = { id: random(12), answer: given };
  let words = form.dataset.kept;
  // A second tap while the first is under way would be a second answer.
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  said.hidden = true;
  try {
    const reply = await post(entry);
    if (reply.status >= 500) throw new Error("later");
    words = (await reply.json()).said;
    if (!reply.ok) return tell(words, true);
  } catch {
    queue.add(entry);
  } finally {
    button.disabled = false;
  }
  form.reset();
  cars();
  tell(words);
  window.scrollTo(0, 0);
});

cars();
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/schulweg/dienst.js");

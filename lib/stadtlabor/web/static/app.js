// Runs in the head of every app: asks for live content before anything else is loaded. What comes
// is taken over by built/live.js.
"use strict";

const ASK_EVERY_MS = 3000;
const RENEW_AFTER = 60; // questions, so three minutes: who waits long must not read old numbers

/** Return the answer with kernel and content; wait in the queue or for the server as long as needed. */
async function begin() {
  const start = `${location.pathname}/start${location.search}`;
  let ticket = "";
  for (let asked = 1; ; asked++) {
    try {
      if (asked % RENEW_AFTER === 0) await renew();
      const answer = await fetch(start, { method: "POST", headers: ticket ? { Platz: ticket } : {} });
      if (answer.status === 200) return answer;
      const told = answer.status === 202 ? await answer.json() : {};
      ticket = told.ticket ?? ticket;
      say(told.number ? "queue" : "away", told.number);
    } catch {
      say("away"); // the net is gone or the server starts anew
    }
    await new Promise((go) => setTimeout(go, ASK_EVERY_MS));
  }
}

/** Replace what was computed last by what has been computed since. */
async function renew() {
  const page = await (await fetch(location.href)).text();
  const fresh = new DOMParser().parseFromString(page, "text/html");
  const still = fresh.getElementById("vorschau");
  still.querySelector("#lage").replaceWith(document.getElementById("lage"));
  document.getElementById("vorschau").replaceWith(still);
  document.getElementById("inhalt").dataset.made = fresh.getElementById("inhalt").dataset.made;
}

/** Say what is happening; only a change is written, so that a screen reader does not repeat itself. */
async function say(what, number) {
  await window.parsed;
  const main = document.getElementById("inhalt");
  const words = main.dataset;
  const fill = (sentence) => sentence.replace("{made}", words.made).replace("{number}", number);
  const made = words.made && ["queue", "away"].includes(what) ? ` ${fill(words.old)}` : "";
  const place = document.getElementById("lage");
  const sentence = fill(words[what]) + made;
  if (place && place.textContent !== sentence) place.textContent = sentence;
}

window.parsed = new Promise((go) => document.addEventListener("DOMContentLoaded", go));
window.session = begin();
window.parsed.then(() => {
  const words = document.getElementById("inhalt").dataset;
  if (!document.getElementById("lage").textContent) say(words.made ? "coming" : "first");
});
// A page that comes back out of the browser's memory has lost its kernel.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());

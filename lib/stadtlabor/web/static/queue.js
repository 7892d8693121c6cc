// The page of someone who waits for a place: asks for the number, opens the app when it is 0.
"use strict";

const ASK_EVERY_MS = 3000;
const waiting = document.getElementById("inhalt");
const told = document.querySelector("#nummer strong");

async function ask() {
  try {
    const answer = await fetch(waiting.dataset.address, { headers: { Accept: "application/json" } });
    const { number } = await answer.json();
    if (number === 0) {
      location.replace(waiting.dataset.address);
      return;
    }
    const sentence = waiting.dataset.says.replace("{number}", number);
    // Only a change is written, so that a screen reader does not repeat itself.
    if (told.textContent !== sentence) told.textContent = sentence;
  } catch (error) {
    // The net is away or the service starts anew: ask again.
  }
  setTimeout(ask, ASK_EVERY_MS);
}

setTimeout(ask, ASK_EVERY_MS);

// Runs in the browser before the page's own scripts and notes when a visitor can read and use it.
// The same for our app, stock Voilà and Panel; ACT is put in front by browser.py.
"use strict";

// What a page shows, in one place.
const ANSWER = ".stadtlabor-answer";
const PLACES = "button, li";
const PLACE = /: (\d|weniger als )[^:]*Menschen je Stunde$/;
const MARKER = ".leaflet-interactive, canvas.bk-layer";
const FIGURE = ".stadtlabor-figure";
const CONTROL = "Zählstelle";
// A page that is shown before its kernel answers says here whether it does; others have no such mark.
const STATE = "main[data-state]";
const PATIENCE_MS = 60_000;

const marks = {};
const roots = [document];
let chosen = "";

// Panel draws every part in a shadow tree of its own.
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) {
  const root = attach.call(this, options);
  roots.push(root);
  watch(root);
  return root;
};

const all = (selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
const visible = (selector) => all(selector).filter(seen);

function control() {
  const labels = all("label").filter((label) => label.textContent.trim() === CONTROL);
  const found = labels.map((label) => label.control ?? label.parentElement.querySelector("select"));
  return found.find((select) => select && seen(select) && !select.disabled && select.options.length > 1);
}

const steps = {
  readable: () =>
    visible("h1").length > 0 &&
    visible(ANSWER).some((answer) => /\d/.test(answer.textContent)) &&
    visible(PLACES).filter((place) => PLACE.test(place.textContent.trim())).length > 1,
  live: () =>
    marks.readable &&
    [...document.querySelectorAll(STATE)].every((main) => main.dataset.state === "live") &&
    visible(MARKER).length > 0 &&
    control() !== undefined,
  complete: () => marks.live && visible(`${FIGURE} svg`).length > 1,
  answered: () => chosen && visible(FIGURE).every((figure) => figure.textContent.includes(chosen)),
};

function choose() {
  const select = control();
  select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
  chosen = select.selectedOptions[0].textContent.replaceAll("\u00a0", " ");
  select.dispatchEvent(new Event("input", { bubbles: true }));
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

let done;
window.visit = new Promise((resolve, reject) => {
  done = resolve;
  setTimeout(() => reject(new Error(`${JSON.stringify(marks)} ${chosen}`)), PATIENCE_MS);
});

let due = false;
function look() {
  if (due) return;
  due = true;
  // In the frame that shows the change, and after it: what is noted has been painted.
  requestAnimationFrame(() => setTimeout(() => {
    due = false;
    for (const [name, holds] of Object.entries(steps)) {
      if (marks[name] || !holds()) continue;
      marks[name] = performance.now();
      if (name === "live" && ACT) choose();
    }
    if (marks.complete && (marks.answered || !ACT)) done(marks);
  }));
}

const watcher = new MutationObserver(look);
function watch(root) {
  watcher.observe(root, { childList: true, subtree: true, attributes: true, characterData: true });
}
watch(document);
document.addEventListener("load", look, true); // style sheets, which make things visible

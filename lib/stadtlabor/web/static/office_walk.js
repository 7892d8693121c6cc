// The walk without a net: each step waits on the device and leaves by itself, once.
const walk = document.getElementById("gang");
const said = document.getElementById("gesagt");
const waiting = document.getElementById("warten");
const refused = document.getElementById("nicht");
const list = document.getElementById("nicht-liste");
const words = JSON.parse(walk.dataset.words);
const me = walk.dataset.person;
const QUEUE = "amt:rundgang";
const REFUSED = "amt:nicht";

const read = (name) => JSON.parse(localStorage.getItem(name) || "[]");
const fill = (text, gaps) => text.replace(/\{(\w+)\}/g, (gap, name) => gaps[name] ?? gap);
const identity = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
const door = (unit) => walk.querySelector(`li[data-unit="${CSS.escape(unit || "")}"]`);

const tell = (text, bad = false) => {
  said.textContent = text;
  said.hidden = !text;
  said.toggleAttribute("data-bad", bad);
};

// What waits is shown at its door, and counted above.
const show = () => {
  const queue = read(QUEUE);
  const others = queue.filter((step) => step.person !== me).length;
  waiting.hidden = !queue.length;
  waiting.textContent = fill(words.waiting, { n: queue.length }) + (others ? ` ${fill(words.others, { n: others })}` : "");
  for (const one of walk.querySelectorAll("[data-kept]")) one.textContent = "";
  for (const button of walk.querySelectorAll(".office-door button")) button.removeAttribute("aria-pressed");
  for (const step of queue.filter((s) => s.person === me)) {
    const item = door(step.fields.unit);
    if (!item) continue;
    item.querySelector("[data-kept]").textContent = `${words.kept}: ${step.label}`;
    item.querySelector(`.office-door [value="${step.fields.what}"]`)?.setAttribute("aria-pressed", "true");
  }
};

const showRefused = () => {
  const steps = read(REFUSED);
  refused.hidden = !steps.length;
  list.replaceChildren(
    ...steps.map((step) => {
      const item = document.createElement("li");
      const text = document.createElement("p");
      text.textContent = step.said;
      const row = document.createElement("div");
      row.className = "office-steps";
      if (step.unit) {
        const link = document.createElement("a");
        link.className = "kern-link";
        link.href = walk.dataset.unit + encodeURIComponent(step.unit);
        link.textContent = words.open;
        row.append(link);
      }
      const done = document.createElement("button");
      done.className = "kern-btn kern-btn--secondary";
      done.type = "button";
      done.innerHTML = '<span class="kern-label"></span>';
      done.firstChild.textContent = words.dismiss;
      done.addEventListener("click", () => {
        localStorage.setItem(REFUSED, JSON.stringify(read(REFUSED).filter((other) => other.id !== step.id)));
        showRefused();
      });
      row.append(done);
      item.append(text, row);
      return item;
    }),
  );
};

// Another tab may write, too: what is stored is read anew each time.
const keep = (queue) => {
  localStorage.setItem(QUEUE, JSON.stringify(queue));
  show();
};

const refuse = (step, text) => {
  const entry = { id: step.id, unit: step.fields.unit, said: text };
  localStorage.setItem(REFUSED, JSON.stringify([...read(REFUSED).filter((other) => other.id !== step.id), entry]));
  showRefused();
};

const entered = (reply) => {
  const item = door(reply.unit);
  if (item) {
    item.dataset.seen = reply.state;
    item.querySelector("[name=seen]").value = reply.state;
    item.toggleAttribute("data-empty", reply.empty);
    item.querySelector("[data-state]").textContent = reply.state_german;
    item.querySelector("[data-age]").textContent = reply.age;
    const [empty, used] = item.querySelectorAll(".office-door button");
    empty.textContent = reply.empty ? words.empty : words.empty_new;
    used.textContent = reply.empty ? words.used : words.used_same;
    for (const button of [empty, used]) button.setAttribute("aria-label", `${button.textContent}: ${item.dataset.place}`);
  }
  tell(reply.said);
};

const post = (step) =>
  fetch(walk.dataset.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ ...step.fields, id: step.id, token: walk.dataset.token }),
  });

// One after the other, one tab at a time. What the server refuses is shown and stays to be read.
const flush = async () => {
  for (;;) {
    const step = read(QUEUE).find((one) => one.person === me);
    if (!step) return;
    let reply;
    try {
      reply = await post(step);
    } catch {
      return; // still no net
    }
    if (reply.status === 401 || reply.status === 403 && !reply.headers.get("content-type")?.includes("json")) return tell(words.shut, true);
    if (reply.status >= 500 || reply.status === 429) return;
    const told = await reply.json().catch(() => ({ said: words.offline }));
    if (!reply.ok) {
      refuse(step, told.said);
      refused.querySelector("h2").focus();
    }
    keep(read(QUEUE).filter((one) => one.id !== step.id));
    if (reply.ok) entered(told);
  }
};
const send = () => (navigator.locks ? navigator.locks.request("amt:rundgang", flush) : flush());

walk.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const fields = Object.fromEntries(new FormData(form, event.submitter));
  for (const name of ["token", "id", "at_street"]) delete fields[name];
  if (fields.what === "remark" && !fields.remark.trim()) return form.querySelector("textarea").focus();
  fields.at = new Date().toISOString();
  const place = form.closest("li")?.dataset.place || `${fields.street} ${fields.number}`;
  const step = { id: identity(), person: me, fields, label: event.submitter.textContent.trim() };
  // Whoever changes her mind before the first step has left sends the second one alone.
  const looked = fields.what !== "remark" && fields.unit;
  const before = read(QUEUE).filter((one) => looked && one.person === me && one.fields.unit === fields.unit && one.fields.what !== "remark");
  if (before.length) {
    fields.seen = before[0].fields.seen;
    fields.remark = [...before.map((one) => one.fields.remark), fields.remark].filter(Boolean).join(" ");
  }
  keep([...read(QUEUE).filter((one) => !before.some((old) => old.id === one.id)), step]);
  form.reset();
  for (const details of form.querySelectorAll("details")) details.open = false;
  if (form.closest("#neu")) form.closest("#neu").open = false;
  tell(fill(words.kept_said, { place }));
  await send();
});

for (const button of walk.querySelectorAll("[data-side][aria-pressed]")) {
  button.parentElement.hidden = false;
  button.addEventListener("click", () => {
    for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
    for (const item of walk.querySelectorAll("li[data-side]")) item.hidden = button.dataset.side !== "all" && item.dataset.side !== button.dataset.side;
  });
}
addEventListener("online", send);
addEventListener("storage", () => (show(), showRefused()));
setInterval(send, 30_000); // "online" is not told where the net comes back slowly
show();
showRefused();
send();

// Reports of vacant shops without a net: they wait on the device and leave by themselves.
const form = document.getElementById("meldung");
const said = document.getElementById("gesagt");
const waiting = document.getElementById("warten");
const QUEUE = "leerstand:meldungen";
const read = () => JSON.parse(localStorage.getItem(QUEUE) || "[]");
const write = (queue) => {
  localStorage.setItem(QUEUE, JSON.stringify(queue));
  waiting.hidden = !queue.length;
  waiting.textContent = form.dataset.waiting.replace("{n}", queue.length);
};
const tell = (words, bad = false) => {
  said.textContent = words;
  said.hidden = false;
  said.toggleAttribute("data-bad", bad);
  said.focus();
};
const post = (entry) =>
  fetch(form.action, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(entry) });

let sending = false;
const flush = async () => {
  if (sending) return;
  sending = true;
  try {
    for (let queue = read(); queue.length; queue = read()) {
      const reply = await post(queue[0]);
      if (reply.status >= 500 || reply.status === 429) break;
      if (!reply.ok) tell((await reply.json()).said, true);
      write(read().slice(1));
    }
  } catch {
    // Still no net.
  }
  sending = false;
};

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new FormData(form);
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  said.hidden = true;
  try {
    const reply = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "application/json" } });
    if (reply.status >= 500) throw new Error("later");
    const told = (await reply.json()).said;
    if (!reply.ok) return tell(told, true);
    form.reset();
    tell(told);
  } catch {
    const photo = fields.get("photo")?.size;
    fields.delete("photo");
    write([...read(), Object.fromEntries(fields)]);
    form.reset();
    tell(photo ? `${form.dataset.kept} ${form.dataset.photo}` : form.dataset.kept);
  } finally {
    button.disabled = false;
  }
});
addEventListener("online", flush);
write(read());
flush();
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/leerstand/dienst.js");

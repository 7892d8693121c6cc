// Reports of vacant shops without a net: they wait on the device and leave by themselves.
import { queueOf, random } from "./queue.js";

const form = document.getElementById("meldung");
const said = document.getElementById("gesagt");
const waiting = document.getElementById("warten");
const tell = (words, bad = false) => {
  said.textContent = words;
  said.hidden = false;
  said.toggleAttribute("data-bad", bad);
  said.focus();
};
const post = (entry) =>
  fetch(form.action, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(entry) });

// What was refused is not tried again, but goes back into the form.
const refused = async (reply, entry) => {
  for (const [name, value] of Object.entries(entry)) if (name in form.elements) form.elements[name].value ||= value;
  tell((await reply.json()).said, true);
};
const queue = queueOf("leerstand:meldungen", waiting, form.dataset.waiting, post, refused);

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
    queue.add({ id: random(12), ...Object.fromEntries(fields) });
    form.reset();
    tell(photo ? `${form.dataset.kept} ${form.dataset.photo}` : form.dataset.kept);
  } finally {
    button.disabled = false;
  }
});
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/leerstand/dienst.js");

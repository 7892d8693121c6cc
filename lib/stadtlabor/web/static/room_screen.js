// The wall follows the room; without a connection it says since when it stands still.
const wall = document.getElementById("leinwand");
const counts = document.getElementById("zahlen");
let tag = "";
let seen = new Date();
const line = (text, small) => {
  const row = document.createElement("li");
  row.append(Object.assign(document.createElement("span"), { textContent: text }), " ", Object.assign(document.createElement("small"), { textContent: small }));
  return row;
};
const votes = (item) => wall.dataset.votes.replace("{up}", item.up).replace("{down}", item.down);
setInterval(async () => {
  try {
    const reply = await fetch(wall.dataset.state, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    seen = new Date();
    if (reply.status !== 200) return;
    tag = reply.headers.get("ETag");
    const { items } = await reply.json();
    const best = items.toSorted((a, b) => b.up - b.down - (a.up - a.down)).slice(0, 5);
    document.getElementById("beste").replaceChildren(...best.map((item) => line(item.text, votes(item))));
    const last = items.toReversed().slice(0, 5);
    document.getElementById("letzte").replaceChildren(
      ...last.map((item) => line(item.text, [item.use || item.kind, item.place].filter(Boolean).join(" · "))),
    );
    document.getElementById("leer").hidden = items.length > 0;
    counts.textContent = wall.dataset.counts.replace("{n}", items.length);
  } catch {
    counts.textContent = wall.dataset.stale.replace("{time}", seen.toLocaleTimeString("de-DE", { hour: "2-digit", minute: "2-digit" }));
    tag = "";
  }
}, 1500);

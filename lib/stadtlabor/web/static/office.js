// Every page of the office: its own worker takes over, and what the walk has left waiting is told.
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/leerstand/amt/dienst.js", { scope: "/leerstand/amt" });

const waiting = document.getElementById("warten");
if (document.getElementById("tuer")) {
  // Nobody is at the desk: pages kept for the walk go, steps that wait do not.
  const forget = async (name) => {
    const cache = await caches.open(name);
    for (const kept of await cache.keys()) if (!new URL(kept.url).pathname.startsWith("/static/")) await cache.delete(kept);
  };
  if ("caches" in window) caches.keys().then((names) => names.filter((n) => n.startsWith("amt-")).forEach(forget));
  const steps = JSON.parse(localStorage.getItem("amt:rundgang") || "[]");
  waiting.hidden = !steps.length;
  waiting.textContent = waiting.dataset.waiting.replace("{n}", steps.length);
}
document.getElementById("fehler")?.focus();

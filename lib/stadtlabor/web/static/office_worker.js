// Keeps the pages of the walk, so that they open where there is no net (KEPT and VERSION stand above).
// Nothing else of the office is kept: units and owners stay on the server.
const WALK = "/leerstand/amt/rundgang";

addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(KEPT)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const old = (names) => names.filter((n) => n.startsWith("amt-") && n !== VERSION);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(old(names).map((n) => caches.delete(n)))).then(() => clients.claim()),
  );
});

// The server says "Vary: *", so that no other worker keeps these pages; this one may.
const copy = (reply) => {
  const headers = new Headers(reply.headers);
  headers.delete("Vary");
  return new Response(reply.body, { status: reply.status, headers });
};

addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const own = address.origin === location.origin && event.request.method === "GET";
  if (!own || !(address.pathname === WALK || address.pathname.startsWith("/static/"))) return;
  address.searchParams.delete("gesagt");
  event.respondWith(
    fetch(event.request)
      .then((reply) => {
        if (reply.ok) {
          const kept = copy(reply.clone());
          event.waitUntil(caches.open(VERSION).then((cache) => cache.put(address.href, kept)));
        }
        return reply;
      })
      .catch(async () => (await caches.match(address.href)) || Response.error()),
  );
});

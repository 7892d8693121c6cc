// Keeps the page of a survey, so that it opens again where there is no net (KEPT and VERSION stand above).
addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(KEPT)));
});

addEventListener("activate", (event) => {
  event.waitUntil(
    // Older ones of these pages only: other pages keep theirs.
    caches.keys().then((names) => {
      const family = (name) => name.split("/static/")[0];
      const old = names.filter((name) => name !== VERSION && family(name) === family(VERSION));
      return Promise.all(old.map((name) => caches.delete(name)));
    }),
  );
});

addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const own = address.origin === location.origin && event.request.method === "GET";
  // The result is the teacher's and the office that of the staff: always fresh, never kept.
  const closed = ["/schulweg/ergebnis/", "/leerstand/amt"].some((path) => address.pathname.startsWith(path));
  if (!own || closed) return;
  event.respondWith(
    fetch(event.request)
      .then((reply) => {
        if (reply.ok) caches.open(VERSION).then((cache) => cache.put(event.request, reply.clone()));
        return reply.clone();
      })
      .catch(async () => (await caches.match(event.request)) || Response.error()),
  );
});

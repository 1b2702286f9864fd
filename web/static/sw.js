// Keeps the staff screen's shell for places without signal; never an answer, never the API.
// The server writes in what pages are made of: an update brings a worker, and with it all files.
const VERSION = "MADE_OF";
const SHELL = `menshen-shell-${VERSION}`;
const FILES = ["/staff", "/static/style.css", "/static/staff.css", "/static/staff.js",
  "/static/staff_phone.js", "/static/api.js", "/static/qr_screen.js", "/static/server_clock.js",
  "/static/store.js", "/static/visit_code.js", "/static/vendor/lean-qr.mjs",
  "/static/icon-192.png", "/manifest.webmanifest"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)));
  self.skipWaiting();
});
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const kept = await caches.keys();
  const old = kept.filter((name) => name.startsWith("menshen-shell-") && name !== SHELL);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
})()));
self.addEventListener("fetch", (event) => {
  const { pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || !FILES.includes(pathname)) return;
  event.respondWith((async () => {
    const cache = await caches.open(SHELL);
    try {
      const fresh = await fetch(event.request);
      // Anew only the page, for its language, and only of this version: a newer one comes as a whole.
      if (fresh.ok && fresh.headers.get("Menshen-Shell") === VERSION)
        await cache.put(pathname, fresh.clone());
      return fresh;
    } catch {
      return (await cache.match(pathname)) ?? Response.error();
    }
  })());
});

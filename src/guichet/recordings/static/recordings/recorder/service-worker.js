/* Keeps the recorder's shell, all of one version, so that it opens without a connection. Nothing personal is in it.
   Before this text the platform writes: VERSION, SHELL (its address), FILES (addresses of scripts, styles, pictures). */

/* global VERSION, SHELL, FILES */
const FAMILY = `guichet${SHELL}`;
const NAME = `${FAMILY}${VERSION}`;
const PATIENCE = 3000;
const known = new Set(FILES.map((file) => new URL(file, location.origin).pathname));

addEventListener("install", (event) => event.waitUntil(fill()));
addEventListener("activate", (event) => event.waitUntil(take()));
addEventListener("message", ({ data }) => data === "activate" && self.skipWaiting());
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    if (url.pathname === SHELL) event.respondWith(shell(event.request));
  } else if (known.has(url.pathname)) event.respondWith(kept(event.request, url));
});

/** All or nothing: a shell with a hole would not open. */
async function fill() {
  const cache = await caches.open(NAME);
  await Promise.all([SHELL, ...FILES].map(async (file) => {
    const answer = await fetch(file, { cache: "reload" });
    if (!answer.ok || answer.redirected) throw new Error(`${file}: ${answer.status}`);
    await cache.put(new URL(file, location.origin).pathname, answer);
  }));
}

async function take() {
  for (const name of await caches.keys()) if (name.startsWith(FAMILY) && name !== NAME) await caches.delete(name);
  await self.clients.claim();
}

/** The server's page if it is of this version and comes soon, for its language; otherwise the one kept here. */
async function shell(request) {
  const cache = await caches.open(NAME), mine = await cache.match(SHELL);
  if (!mine) return fetch(request);
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  const fresh = await Promise.race([fetch(request).catch(() => null), late]);
  if (!fresh?.ok || fresh.headers.get("Recorder-Version") !== VERSION) return mine;
  await cache.put(SHELL, fresh.clone());
  return fresh;
}

async function kept(request, url) {
  return (await (await caches.open(NAME)).match(url.pathname)) ?? fetch(request);
}

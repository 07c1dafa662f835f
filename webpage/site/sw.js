// Keeps the site for visits without a connection: all files of one version, and no other's.
// `colorize site` fills in the next line.
const SITE = { version: "development", files: [] };

const worker = /** @type {any} */ (self);
const PREFIX = "colorize-studio-";
const NAME = PREFIX + SITE.version;
/** @param {string} path */
const address = (path) => new URL(path, worker.registration.scope).href;
const FILES = new Set(SITE.files.map(address));

// What the page has fetched by itself is there already. A name with a digest in it never changes
// its content, so that an older version's file does as well.
/** @param {string} path */
async function keep(path) {
  const url = address(path);
  const cache = await caches.open(NAME);
  if (await cache.match(url)) return;
  const older = /-[0-9a-f]{12}\./.test(path) && (await caches.match(url));
  const answer = older || (await fetch(url, { cache: "no-cache" }));
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  await cache.put(url, answer);
}

async function clean() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function answer(request) {
  const url = new URL(request.url);
  url.hash = url.search = "";
  if (url.href === address("./")) url.pathname += "index.html";
  const found = FILES.has(url.href) && (await (await caches.open(NAME)).match(url.href));
  return found || fetch(request);
}

worker.addEventListener("install", (/** @type {any} */ event) => {
  event.waitUntil((async () => { for (const path of SITE.files) await keep(path); })());
});
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(clean()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(worker.registration.scope))
    event.respondWith(answer(event.request));
});

// Keeps the shell, the rulebook and what was last seen readable without a network, and says so on the page.
// It answers no question of its own: every page is the server's, fresh when it can be, else the last copy with its time.
'use strict';

// The server fills both in: a digest of the files, and their addresses.
const VERSION = '__VERSION__';
const FILES = [__FILES__];

const SHELL = `lutong-shell-${VERSION}`;
const PAGES = 'lutong-pages';
const OWN = 'lutong-own-';
const EXTRAS = ['/manifest.webmanifest', '/icons/icon.svg', '/icons/icon-192.png'];
const PUBLIC = ['/offline', '/rulebook', '/what-if'];
// Pages of the person are sent with no-store; their copies are kept here on purpose, for one session.
const PERSONAL = ['/vehicles', '/orders', '/receipts', '/me'];
const PATIENCE_MS = 4000;
const OWN_PAGES = 60;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((shell) => shell.addAll([...FILES, ...EXTRAS]))
      .then(fetchPublicPages)
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith('lutong-shell-') && name !== SHELL))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('message', (event) => {
  if (event.data?.type === 'forget') {
    // Public pages may name an open payment: they go too and come back as a visitor sees them.
    event.waitUntil(keepOnlyOwn(null).then(() => caches.delete(PAGES)).then(fetchPublicPages).catch(() => {}));
  }
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    event.respondWith(request.method === 'GET' ? readPage(event, url) : sendForm(request));
  } else if (request.method === 'GET' && (url.pathname.startsWith('/pkg/') || EXTRAS.includes(url.pathname))) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});

// The network first; the last copy when it fails, or when it takes too long and there is a copy.
async function readPage(event, url) {
  const fresh = fetch(event.request).then((response) => {
    const copy = response.clone();
    event.waitUntil(keepPage(url, copy).catch(() => {}));
    return response;
  });
  const kept = await keptPage(url);
  if (!kept) return fresh.catch(() => offlinePage(false));
  // Only so that a late failure is no unhandled one: the copy is shown by then.
  fresh.catch(() => {});
  const patience = new Promise((late) => setTimeout(() => late(null), PATIENCE_MS));
  const response = await Promise.race([fresh, patience]).catch(() => null);
  return response ?? marked(kept, false);
}

// A form is never queued: an act of law happens while the person watches, or not at all.
function sendForm(request) {
  return fetch(request).catch(() => offlinePage(true));
}

async function keepPage(url, response) {
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/html')) return;
  const html = await response.text();
  const signedIn = attribute(html, 'data-account') === 'yes';
  const own = signedIn ? attribute(html, 'data-cache') : null;
  await keepOnlyOwn(own);
  const personal = isUnder(url, PERSONAL) || url.pathname === '/';
  const open = isUnder(url, PUBLIC) || url.pathname === '/' || url.pathname === '/services';
  const name = own && personal ? OWN + own : open ? PAGES : null;
  if (!name) return;
  const headers = new Headers(response.headers);
  for (const one of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(one);
  headers.set('x-stored-at', new Date().toISOString());
  const store = await caches.open(name);
  await store.delete(url.href);
  await store.put(url.href, new Response(html, { status: 200, headers }));
  const pages = await store.keys();
  await Promise.all(pages.slice(0, Math.max(0, pages.length - OWN_PAGES)).map((page) => store.delete(page)));
}

async function keptPage(url) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(OWN)) continue;
    const own = await (await caches.open(name)).match(url.href);
    if (own) return own;
  }
  // Another query is another page: what was judged for one case must not stand there for the next.
  return (await caches.open(PAGES)).match(url.href);
}

// Copies of another session, or of none, are nobody's to read.
async function keepOnlyOwn(own) {
  const others = (await caches.keys()).filter((name) => name.startsWith(OWN) && name !== OWN + own);
  await Promise.all(others.map((name) => caches.delete(name)));
}

async function fetchPublicPages() {
  for (const path of PUBLIC) await fetchPage(path).catch(() => {});
  // Every rule has a page of its own, which the list of rules links to.
  const rulebook = await (await caches.open(PAGES)).match(new URL('/rulebook', self.location.origin).href);
  const rules = rulebook ? (await rulebook.text()).matchAll(/href="(\/rulebook\/[^"]+)"/g) : [];
  for (const [, path] of rules) await fetchPage(path).catch(() => {});
}

async function fetchPage(path) {
  const url = new URL(path, self.location.origin);
  await keepPage(url, await fetch(url, { credentials: 'same-origin' }));
}

async function offlinePage(unsent) {
  const kept = await (await caches.open(PAGES)).match(new URL('/offline', self.location.origin).href);
  return kept ? marked(kept, unsent) : new Response('Offline', { status: 503 });
}

// The page as it was stored, with the time for the strip that the styles then show.
async function marked(kept, unsent) {
  const stored = kept.headers.get('x-stored-at');
  const html = await kept.text();
  const language = attribute(html, 'lang') ?? 'zh-CN';
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai' });
  const marks = ` data-offline="${stored}"${unsent ? ' data-unsent' : ''}`;
  const body = html
    .replace(/<html/i, `<html${marks}`)
    .replace(/<time class="lt-offline-time">/, `$&${time.format(new Date(stored))}`);
  return new Response(body, { status: unsent ? 503 : 200, headers: kept.headers });
}

function isUnder(url, paths) {
  return paths.some((path) => url.pathname === path || url.pathname.startsWith(`${path}/`));
}

// An attribute of the page's <html>.
function attribute(html, name) {
  const tag = html.match(/<html[^>]*>/i)?.[0] ?? '';
  return tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1] ?? null;
}

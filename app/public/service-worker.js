// Keeps the shell, the rulebook and what was last seen readable without a network, and says so on the page.
// It answers no question of its own: every page is the server's, and a copy stands in only where the server cannot be
// reached. Copies of personal pages are encrypted with a key that is deleted with the session.
'use strict';

// The server fills both in: a digest of the files, and their addresses.
const VERSION = '__VERSION__';
const FILES = [__FILES__];

const SHELL = `lutong-shell-${VERSION}`;
const PAGES = `lutong-pages-${VERSION}`;
const EXTRAS = ['/manifest.webmanifest', '/favicon.ico', '/icons/icon.svg', '/icons/icon-192.png', '/icons/apple-touch-icon.png'];
// Pages that greet nobody; they are fetched for the store without cookies.
const PUBLIC = ['/', '/offline', '/services', '/rulebook', '/what-if', '/what-if/late-fee', '/settings'];
// Pages of the person are sent with no-store; their copies are kept here on purpose, for one session.
const PERSONAL = ['/', '/vehicles', '/orders', '/receipts', '/me'];
const OWN_PAGES = 60;
const PUBLIC_PAGES = 80;
const DAY_MS = 24 * 3600 * 1000;
// The generation of an answer that is not kept.
const NEVER = -1;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(SHELL)
      .then((shell) => shell.addAll([...FILES, ...EXTRAS]))
      .then(() => fetchPublicPages(null))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const ours = [SHELL, PAGES];
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith('lutong-') && !ours.includes(name)).map((name) => caches.delete(name))))
      .then(endIfOver)
      .then(() => self.clients.claim()),
  );
});

self.addEventListener('message', (event) => {
  if (event.data?.type === 'forget') event.waitUntil(forget());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    event.respondWith(request.method === 'GET' ? readPage(event, url) : sendForm(event, url));
  } else if (request.method === 'GET' && url.pathname === '/session') {
    event.respondWith(askForSession(request));
  } else if (request.method === 'GET' && (url.pathname.startsWith('/pkg/') || EXTRAS.includes(url.pathname))) {
    event.respondWith(caches.match(request, { ignoreSearch: true }).then((kept) => kept ?? fetch(request)));
  }
});

// The network decides, however long it takes; the last copy only where it fails.
async function readPage(event, url) {
  const { generation } = await readState();
  try {
    const response = await fetch(event.request);
    event.waitUntil(heed(url, response.clone(), generation).catch(() => {}));
    return response;
  } catch {
    return (await keptPage(url)) ?? offlinePage(false);
  }
}

// A form is never queued: an act of law happens while the person watches, or not at all.
async function sendForm(event, url) {
  try {
    const response = await fetch(event.request);
    event.waitUntil(heed(url, response.clone(), NEVER).catch(() => {}));
    return response;
  } catch {
    return offlinePage(true);
  }
}

async function askForSession(request) {
  const response = await fetch(request);
  if (response.status === 401) await forget();
  return response;
}

// What the server's page says of the session and the look, whatever its status is; then its copy.
async function heed(url, response, generation) {
  if (!response.headers.get('content-type')?.startsWith('text/html')) return;
  const html = await response.text();
  const account = attribute(html, 'data-account');
  if (account === 'no') await forget();
  if (account === 'yes') await keepOwn(url, html, response, generation);
  await writeLook({ theme: attribute(html, 'data-theme'), size: attribute(html, 'data-size') });
  const language = attribute(html, 'lang');
  if (language !== (await keptLanguage())) await fetchPublicPages(language);
  else if (response.ok && isUnder(url, PUBLIC) && !url.search) await refreshPublic(url, language);
}

// ---- Copies of the person's pages: encrypted, for one session ----

async function keepOwn(url, html, response, generation) {
  const id = attribute(html, 'data-cache');
  const seconds = Number(attribute(html, 'data-session-seconds'));
  if (!id || !(seconds > 0)) return;
  const state = await beginOrProlong(id, Date.now() + seconds * 1000, generation);
  if (!state || !response.ok || !isUnder(url, PERSONAL)) return;
  const headers = Object.fromEntries([...response.headers].filter(([name]) => ['content-type', 'content-security-policy'].includes(name)));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify({ html, headers }));
  const address = addressOf(url);
  const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(address) }, state.key, text);
  await change((stores) => {
    stores.read((now) => {
      // The session may have ended or changed meanwhile.
      if (now.generation !== state.generation || now.id !== id) return;
      stores.pages.put({ address, iv, bytes, storedAt: Date.now() });
      stores.trim(OWN_PAGES);
    });
  });
}

// The session of a page that was asked for in this generation; none where the person signed out since.
async function beginOrProlong(id, until, generation) {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  let state = null;
  await change((stores) => {
    stores.read((now) => {
      if (now.generation !== generation) return;
      const same = now.id === id;
      if (!same) stores.pages.clear();
      state = { ...now, id, until, seenAt: Date.now(), key: same ? now.key : key, generation: same ? generation : generation + 1 };
      stores.write(state);
    });
  });
  return state;
}

async function keptPage(url) {
  await endIfOver();
  const state = await readState();
  const own = state.key ? await ownCopy(state, addressOf(url)).catch(() => null) : null;
  if (own) return own;
  // Another query is another page: what was judged for one case must not stand there for the next.
  const kept = await publicCopy(url.href);
  return kept && markedPublic(kept, false);
}

async function ownCopy(state, address) {
  const copy = await request((await store('pages', 'readonly')).get(address));
  if (!copy) return null;
  const { iv, bytes, storedAt } = copy;
  const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(address) }, state.key, bytes);
  const { html, headers } = JSON.parse(new TextDecoder().decode(text));
  return marked(html, headers, new Date(storedAt).toISOString(), false);
}

// The page of a record says in its query only where it leads back to.
function addressOf(url) {
  return /^\/vehicles\/[^/]+\/records\//.test(url.pathname) ? url.pathname : url.pathname + url.search;
}

// A clock that was put back does not make copies younger.
async function endIfOver() {
  const { id, until, seenAt } = await readState();
  if (id && (Date.now() >= until || Date.now() < seenAt - 60000)) await forget();
}

// Ends the generation: a page that was asked for before is not kept when its answer comes later.
function forget() {
  return change((stores) => {
    stores.read((now) => {
      stores.pages.clear();
      stores.write({ name: 'state', generation: now.generation + 1 });
    });
  });
}

// ---- The database: one record of the session with its key, the pages, the look ----

let opened;
function database() {
  opened ??= new Promise((resolve, reject) => {
    const opening = indexedDB.open('lutong', 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore('session', { keyPath: 'name' });
      opening.result.createObjectStore('pages', { keyPath: 'address' }).createIndex('storedAt', 'storedAt');
    };
    opening.onsuccess = () => {
      opening.result.onclose = () => (opened = undefined);
      resolve(opening.result);
    };
    opening.onerror = () => reject(opening.error);
  });
  opened.catch(() => (opened = undefined));
  return opened;
}

async function store(name, mode) {
  return (await database()).transaction(name, mode).objectStore(name);
}

function request(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function readState() {
  const state = await store('session', 'readonly').then((session) => request(session.get('state'))).catch(() => null);
  return state ?? { name: 'state', generation: 0 };
}

// One transaction over session and pages: what is read in it still holds when it writes.
async function change(work) {
  const transaction = (await database()).transaction(['session', 'pages'], 'readwrite');
  const [session, pages] = [transaction.objectStore('session'), transaction.objectStore('pages')];
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  work({
    pages,
    read: (then) => (session.get('state').onsuccess = (event) => then(event.target.result ?? { name: 'state', generation: 0 })),
    write: (state) => session.put(state),
    trim: (most) => {
      pages.index('storedAt').getAllKeys().onsuccess = (event) => {
        event.target.result.slice(0, -most).forEach((address) => pages.delete(address));
      };
    },
  });
  return done;
}

async function writeLook(look) {
  await request((await store('session', 'readwrite')).put({ name: 'look', ...look }));
}

async function readLook() {
  return store('session', 'readonly').then((session) => request(session.get('look'))).catch(() => null);
}

// ---- Pages for anyone ----

async function fetchPublicPages(language) {
  for (const path of PUBLIC) await fetchPublic(new URL(path, self.location.origin), language).catch(() => {});
  if (navigator.connection?.saveData) return;
  // Every rule has a page of its own, which the list of rules links to.
  const rulebook = await publicCopy(new URL('/rulebook', self.location.origin).href);
  const rules = rulebook ? (await rulebook.text()).matchAll(/href="(\/rulebook\/[^"]+)"/g) : [];
  for (const [, path] of rules) await fetchPublic(new URL(path, self.location.origin), language).catch(() => {});
}

// Once a day is enough: the rulebook changes seldom, and only with another version of the program.
async function refreshPublic(url, language) {
  const kept = await publicCopy(url.href);
  const age = kept ? Date.now() - Date.parse(kept.headers.get('x-stored-at')) : Infinity;
  if (age > DAY_MS) await fetchPublic(url, language);
}

// Without cookies nobody's name, token or open payment stands in it.
async function fetchPublic(url, language) {
  const headers = language ? { 'accept-language': language } : {};
  const response = await fetch(url, { credentials: 'omit', headers });
  const html = await response.text();
  if (!response.ok || response.redirected || attribute(html, 'data-account') !== 'no') return;
  const kept = {
    'content-type': response.headers.get('content-type'),
    'content-security-policy': response.headers.get('content-security-policy'),
    'x-stored-at': new Date().toISOString(),
  };
  const pages = await caches.open(PAGES);
  await pages.put(url.href, new Response(html, { headers: kept }));
  const all = await pages.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - PUBLIC_PAGES)).map((page) => pages.delete(page)));
}

async function publicCopy(href) {
  return (await caches.open(PAGES)).match(href);
}

function offlineCopy() {
  return publicCopy(new URL('/offline', self.location.origin).href);
}

// The language that the pages for anyone are kept in.
async function keptLanguage() {
  const kept = await offlineCopy();
  return kept ? attribute(await kept.text(), 'lang') : null;
}

async function offlinePage(unsent) {
  const kept = await offlineCopy();
  return kept ? markedPublic(kept, unsent) : new Response('Offline', { status: 503 });
}

async function markedPublic(kept, unsent) {
  return marked(await kept.text(), Object.fromEntries(kept.headers), kept.headers.get('x-stored-at'), unsent);
}

// The page as it was stored, in the look of the last page, with the strip that says so and its time.
async function marked(html, headers, stored, unsent) {
  const look = await readLook();
  const language = attribute(html, 'lang') ?? 'zh-CN';
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai' });
  const marks = ` data-offline="${stored}"${unsent ? ' data-unsent' : ''}`;
  const looks = (tag) => tag.replace(/data-theme="[^"]*"/, `data-theme="${look?.theme ?? 'auto'}"`).replace(/data-size="[^"]*"/, `data-size="${look?.size ?? 'normal'}"`);
  const body = html
    .replace(/<html[^>]*>/i, (tag) => looks(tag).replace('<html', `<html${marks}`))
    .replace(/<div[^>]*lt-strip--offline[^>]*>/, (tag) => tag.replace(/ hidden(="")?/, ''))
    .replace(/<time class="lt-offline-time">/, `$&${time.format(new Date(stored))}`);
  return new Response(body, { status: unsent ? 503 : 200, headers });
}

function isUnder(url, paths) {
  return paths.some((path) => url.pathname === path || (path !== '/' && url.pathname.startsWith(`${path}/`)));
}

// An attribute of the page's <html>.
function attribute(html, name) {
  const tag = html.match(/<html[^>]*>/i)?.[0] ?? '';
  return tag.match(new RegExp(`\\s${name}="([^"]*)"`))?.[1] ?? null;
}

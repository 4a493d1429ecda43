// Copies of personal pages end with the session, by age, and with any answer of a visitor; nobody reads them meanwhile.
import type { Page } from '@playwright/test';
import { ownLine } from './line';
import { signIn, speak } from './people';
import { expect, test } from './test';

const line = ownLine();
test.use({ meant: /ERR_|status of (404|503)|Failed to fetch|service.worker/i });

const PHONE = '13800000001';
const PLATE = '云A·5K8L2';

// Home puts the worker in charge; a page seen twice has a copy.
async function signedIn(page: Page) {
  await speak(page, 'zh');
  await signIn(page, PHONE, '/');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.waitForFunction(async () => Boolean(await caches.match(new URL('/offline', location.origin).href)));
}

async function see(page: Page, path: string) {
  await page.goto(path);
  await expect(page.locator('h1')).toBeVisible();
  // The copy is made a moment after the page is shown.
  await page.waitForTimeout(1500);
}

async function isGone(page: Page, path: string) {
  await page.goto(path);
  await expect(page.locator('h1')).toHaveText('现在没有网络');
  await expect(page.locator('.lt-plate')).toHaveCount(0);
}

test('a copy is readable without a network while the session lasts', async ({ page }) => {
  await signedIn(page);
  await see(page, '/vehicles');
  line().cut();
  await page.goto('/vehicles');
  await expect(page.locator('.lt-strip--offline')).toBeVisible();
  await expect(page.locator('main')).toContainText(PLATE);
});

test('a session that is over leaves nothing to read', async ({ page }) => {
  await signedIn(page);
  // The session has four seconds left, says the page.
  line().rewrite((html) => html.replace(/data-session-seconds="\d+"/, 'data-session-seconds="4"'));
  await see(page, '/vehicles');
  await see(page, '/me');
  await page.waitForTimeout(3500);
  line().cut();
  await isGone(page, '/vehicles');
  await isGone(page, '/me');
});

test('a slow network shows the page of now, not the copy', async ({ page }) => {
  await signedIn(page);
  await see(page, '/orders');
  line().delay('/orders', 6000);
  await page.goto('/orders');
  await expect(page.locator('.lt-strip--offline')).toBeHidden();
  await expect(page.locator('html')).not.toHaveAttribute('data-offline', /.*/);
});

test('a page that answers after signing out is not kept', async ({ page, context }) => {
  await signedIn(page);
  const release = line().hold('/vehicles');
  const late = await context.newPage();
  const arriving = late.goto('/vehicles').catch(() => null);
  await page.waitForTimeout(500);
  await page.goto('/me');
  await page.locator('form[action="/api/sign-out"] button').click();
  await expect(page).toHaveURL(/\/signed-out$/);
  await page.waitForTimeout(1500);
  release();
  await arriving;
  await late.waitForTimeout(1500);
  await late.close();
  line().cut();
  await isGone(page, '/vehicles');
});

test('a page that is not found ends the copies when it answers a visitor', async ({ page, context }) => {
  await signedIn(page);
  await see(page, '/vehicles');
  await context.clearCookies({ name: '__Host-session' });
  await see(page, '/no-such-page');
  line().cut();
  await isGone(page, '/vehicles');
});

test('pages for anyone are kept as a visitor sees them, and pages of the person cannot be read from the store', async ({ page }) => {
  await signedIn(page);
  for (const path of ['/', '/services', '/rulebook', '/what-if', '/vehicles', '/me']) await see(page, path);
  const kept = await page.evaluate(async () => {
    const texts: string[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        if (!new URL(request.url).pathname.startsWith('/pkg/')) texts.push(`${request.url} ${await (await cache.match(request))!.text()}`);
      }
    }
    const database = await new Promise<IDBDatabase>((resolve) => {
      const opening = indexedDB.open('lutong');
      opening.onsuccess = () => resolve(opening.result);
    });
    const all = (store: string) =>
      new Promise<{ address?: string; bytes?: ArrayBuffer; key?: CryptoKey }[]>((resolve) => {
        const asked = database.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => resolve(asked.result);
      });
    const pages = await all('pages');
    const keys = (await all('session')).flatMap((one) => (one.key ? [one.key.extractable] : []));
    database.close();
    return { texts, keys, pages: pages.map((one) => `${one.address} ${new TextDecoder().decode(one.bytes)}`) };
  });
  expect(kept.texts.length).toBeGreaterThan(5);
  expect(kept.pages.length).toBeGreaterThanOrEqual(2);
  const personal = [...kept.texts, ...kept.pages].filter((text) => /5K8L2|138\*|data-account="yes"/.test(text));
  expect(personal.map((text) => text.split(' ')[0])).toEqual([]);
  expect(kept.keys).toEqual([false]);
});

test('what is offered to anyone opens without a network', async ({ page }) => {
  await signedIn(page);
  line().cut();
  for (const path of ['/services', '/settings', '/what-if/late-fee', '/rulebook']) {
    await page.goto(path);
    await expect(page.locator('.lt-strip--offline')).toBeVisible();
    await expect(page.locator('h1')).not.toHaveText('现在没有网络');
  }
});

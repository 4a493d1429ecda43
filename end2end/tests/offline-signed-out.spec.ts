import { signIn, speak } from './people';
import { expect, ownServer, test } from './test';

const server = ownServer();
test.use({ meant: /ERR_CONNECTION_REFUSED|status of 503|Failed to fetch|service.worker/i });

// How many pages the worker keeps of the person.
function countOwnCopies() {
  Object.assign(window, {
    ownCopies: () =>
      new Promise<number>((resolve) => {
        const opening = indexedDB.open('lutong');
        opening.onsuccess = () => {
          const database = opening.result;
          if (!database.objectStoreNames.contains('pages')) return resolve(0);
          const asked = database.transaction('pages').objectStore('pages').count();
          asked.onsuccess = () => {
            database.close();
            resolve(asked.result);
          };
        };
      }),
  });
}

test('after signing out nothing personal is left to read without a server', async ({ page }) => {
  await page.addInitScript(countOwnCopies);
  await speak(page, 'zh');
  await signIn(page, '13800000001', '/');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  for (const path of ['/vehicles', '/me', '/me/licence', '/orders', '/']) await page.goto(path);
  await page.waitForFunction(async () => (await (window as unknown as { ownCopies: () => Promise<number> }).ownCopies()) > 0);
  await page.goto('/me');
  await page.locator('form[action="/api/sign-out"] button').click();
  await expect(page).toHaveURL(/\/signed-out$/);
  await page.waitForFunction(async () => (await (window as unknown as { ownCopies: () => Promise<number> }).ownCopies()) === 0);
  await page.waitForFunction(async () => Boolean(await caches.match(new URL('/offline', location.origin).href)));
  await server().stop();

  for (const path of ['/vehicles', '/me', '/me/licence', '/orders']) {
    await page.goto(path);
    await expect(page.locator('h1')).toHaveText('现在没有网络');
    await expect(page.locator('.lt-plate')).toHaveCount(0);
  }
  await page.goto('/rulebook');
  await expect(page.locator('.lt-strip--offline')).toBeVisible();
  await expect(page.locator('main')).toContainText('能不能在网上办');
  const leftovers = await page.evaluate(async () => {
    const texts: string[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        if (request.url.includes('/pkg/')) continue;
        texts.push(`${request.url} ${await (await cache.match(request))!.text()}`);
      }
    }
    return texts.filter((text) => /5K8L2|138\*|data-account="yes"/.test(text)).map((text) => text.split(' ')[0]);
  });
  expect(leftovers).toEqual([]);
});

import type { Page } from '@playwright/test';
import { signIn, speak } from './people';
import { expect, ownServer, test } from './test';

const server = ownServer();
// The browser complains of the network that is meant to be gone.
test.use({ meant: /ERR_CONNECTION_REFUSED|status of 503|Failed to fetch|service.worker/i });

const PHONE = '13800000001';
const PLATE = '云A·5K8L2';

// Home puts the worker in charge; then the pages that a person looks at.
async function lookAround(page: Page): Promise<string[]> {
  await speak(page, 'zh');
  await signIn(page, PHONE, '/');
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.goto('/vehicles');
  const vehicle = await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().getAttribute('href');
  await page.goto(vehicle!);
  const record = await page.locator('#records .lt-card__link').first().getAttribute('href');
  await page.goto(record!);
  await page.goto('/rulebook/camera.fine-limit');
  await page.goto('/');
  const seen = ['/vehicles', vehicle!, record!, '/rulebook/camera.fine-limit', '/'];
  // The worker keeps a copy a moment after the page is shown.
  await page.waitForFunction(async (paths) => {
    const kept = await Promise.all(paths.map((path) => caches.match(new URL(path, location.origin).href)));
    return kept.every(Boolean);
  }, ['/rulebook/camera.fine-limit', '/rulebook', '/offline']);
  await page.waitForTimeout(1500);
  return seen;
}

async function isOld(page: Page) {
  const strip = page.locator('.lt-strip--offline');
  await expect(strip).toBeVisible();
  await expect(strip).toContainText('现在没有网络');
  await expect(strip.locator('time')).toHaveText(/\d{4}年\d{1,2}月\d{1,2}日 \d{2}:\d{2}/);
}

async function hasShell(page: Page) {
  await expect(page.locator('.lt-tabs')).toBeVisible();
  await expect(page.locator('body')).toHaveCSS('margin', '0px');
}

test('without a server what was last seen is readable and says from when it is', async ({ page }) => {
  const [vehicles, vehicle, record, rule, home] = await lookAround(page);
  await expect(page.locator('.lt-strip--offline')).toBeHidden();
  await server().stop();

  await page.reload();
  await isOld(page);
  await hasShell(page);
  await expect(page.locator('main')).toContainText('您好');
  for (const [path, words] of [[vehicles, PLATE], [vehicle, '罚款'], [record, '罚款'], [rule, '罚款上限'], ['/rulebook', '能不能在网上办'], [home, '您好']]) {
    await page.goto(path);
    await isOld(page);
    await expect(page.locator('main')).toContainText(words);
  }
  // By the links of the page too.
  await page.locator('a[href="/vehicles"]').first().click();
  await expect(page.locator('main')).toContainText(PLATE);

  // What was never seen says so; a case with other values is not answered by an old answer.
  for (const path of ['/me/sessions', '/what-if?fine=500']) {
    await page.goto(path);
    await expect(page.locator('h1')).toHaveText('现在没有网络');
    await isOld(page);
  }
  // A form is not kept for later: it says that nothing was sent.
  await page.goto('/vehicles');
  await page.locator('.lt-header button[lang=en]').click();
  await expect(page.locator('.lt-unsent')).toBeVisible();
  await expect(page.locator('.lt-unsent')).toContainText('没有送出');
});

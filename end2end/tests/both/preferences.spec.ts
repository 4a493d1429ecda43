import type { Page } from '@playwright/test';
import { speak } from '../people';
import { expect, test } from '../test';

// As people do: on the words beside the circle.
async function choose(page: Page, name: string, value: string) {
  const circle = page.locator(`main input[name=${name}][value=${value}]`);
  await page.locator(`label[for=${await circle.getAttribute('id')}]`).click();
  await expect(circle).toBeChecked();
}

test('language, type size and theme are kept over reloads and pages', async ({ page }) => {
  await speak(page, 'zh');
  await page.goto('/settings');
  for (const [name, value] of [['language', 'en'], ['size', 'large'], ['theme', 'dark']]) {
    await choose(page, name, value);
  }
  await page.locator('main form button[type=submit]').click();
  await expect(page).toHaveURL(/\/settings$/);
  for (const path of ['/settings', '/', '/rulebook']) {
    await page.goto(path);
    await page.reload();
    const html = page.locator('html');
    await expect(html).toHaveAttribute('lang', 'en');
    await expect(html).toHaveAttribute('data-size', 'large');
    await expect(html).toHaveAttribute('data-theme', 'dark');
    await expect(html).toHaveCSS('font-size', '20px');
  }
  await page.goto('/settings');
  await expect(page.locator('input[name=theme][value=dark]')).toBeChecked();
});

test("the header's switches keep the page and what its address holds", async ({ page }) => {
  await speak(page, 'zh');
  await page.goto('/what-if?place=530102&fine=500');
  await page.locator('.lt-header button[lang=en]').click();
  await expect(page).toHaveURL(/\/what-if\?place=530102&fine=500$/);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await expect(page.locator('#fine')).toHaveValue('500');
  await page.locator('.lt-header button').first().click();
  await expect(page).toHaveURL(/\/what-if\?place=530102&fine=500$/);
  await expect(page.locator('html')).toHaveAttribute('data-size', 'large');
});

test('the what-if judges what is typed, and its address holds the case', async ({ page }) => {
  await speak(page, 'zh');
  await page.goto('/what-if');
  await expect(page.locator('.lt-verdict--pass')).toBeVisible();
  await page.locator('#fine').fill('500');
  await page.locator('#licence').selectOption('none');
  await page.locator('main form button[type=submit]').click();
  await expect(page.locator('.lt-refusal a[href="/rulebook/camera.fine-limit"]')).toBeVisible();
  await expect(page.locator('.lt-refusal a[href="/rulebook/camera.licence-bound"]')).toBeVisible();
  await page.waitForLoadState();
  const refusals = await page.locator('.lt-refusal').count();

  await page.reload();
  await expect(page.locator('#fine')).toHaveValue('500');
  await expect(page.locator('#licence')).toHaveValue('none');
  await expect(page.locator('.lt-refusal')).toHaveCount(refusals);

  await page.locator('#fine').fill('a lot');
  await page.locator('#plate').fill('A1');
  await page.locator('main form button[type=submit]').click();
  await expect(page).toHaveTitle(/^错误/);
  await expect(page.locator('#errors a[href="#fine"]')).toBeVisible();
  await expect(page.locator('#errors a[href="#plate"]')).toBeVisible();
  await expect(page.locator('#fine')).toHaveValue('a lot');
  await expect(page.locator('#fine')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('#plate-error')).toContainText('车牌');
  await expect(page.locator('.lt-verdict, .lt-refusal')).toHaveCount(0);
});

test.describe('what is not there', () => {
  test.use({ meant: /status of 404/ });

  for (const path of ['/no-such-page', '/rulebook/camera.no-such-rule', '/vehicles/x/y/z']) {
    test(`${path} says that it is not found and leads home`, async ({ page }) => {
      await speak(page, 'zh');
      const response = await page.goto(path);
      expect(response?.status()).toBe(404);
      await expect(page.locator('h1')).toHaveText('找不到这个页面');
      await page.locator('main a[href="/"]').click();
      await expect(page).toHaveURL(/:\d+\/$/);
    });
  }
});

test('a form of an old page is not taken, and the page says so', async ({ page, context }) => {
  await speak(page, 'zh');
  await page.goto('/settings');
  await context.clearCookies({ name: '__Host-visit' });
  await choose(page, 'theme', 'dark');
  await page.locator('main form button[type=submit]').click();
  await expect(page).toHaveURL(/\/error\/stale$/);
  await expect(page.locator('h1')).toHaveText('这个页面已过期');
  await page.goto('/settings');
  await expect(page.locator('html')).not.toHaveAttribute('data-theme', 'dark');
});

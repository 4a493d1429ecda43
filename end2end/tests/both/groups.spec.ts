import type { Page } from '@playwright/test';
import { newestCode, pay, place, signIn, speak } from '../people';
import { expect, ownServer, test } from '../test';

ownServer();

async function open(page: Page, phone: string, words = '条待处理'): Promise<string> {
  await speak(page, 'zh');
  await signIn(page, phone, '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: words }).first().click();
  await expect(page.locator('#records')).toBeVisible();
  await page.waitForLoadState();
  return new URL(page.url()).pathname;
}

const group = (page: Page, title: string) => page.locator('.lt-group').filter({ has: page.getByRole('heading', { name: new RegExp(`^${title}`) }) });

test('a settled record is done, carries its proof and is counted nowhere else', async ({ page }) => {
  const phone = '13800000001';
  const vehicle = await open(page, phone);
  const before = await page.locator('#records input[name=records]').count();
  const name = await page.locator('#records .lt-card__link').first().innerText();
  await page.locator('#records input[name=records]').first().check();
  await page.locator('button[form=records]').click();
  await page.locator('label[for=agreed]').click();
  await page.locator('main form button[type=submit], .lt-dock button').first().click();
  await page.locator('form[action="/api/orders/code/send"] button, .lt-dock button').first().click();
  await expect(page).toHaveURL(/\/confirm\?/);
  await place(page, phone);

  // Held by the own order: not now, and no office.
  await page.goto(vehicle);
  await expect(group(page, '现在不能办').locator('.lt-card')).toHaveCount(1);
  await expect(group(page, '要到窗口')).toHaveCount(0);
  await page.goto('/orders');
  await page.locator('main .lt-card__link').first().click();
  await pay(page);

  await page.goto(vehicle);
  const settled = page.locator('details.lt-group');
  await expect(settled.locator('summary')).toContainText('已办结 1');
  await expect(settled.locator('.lt-card')).toBeHidden();
  await settled.locator('summary').click();
  await expect(settled.locator('.lt-card')).toContainText(name);
  await expect(settled.locator('.lt-reason--settled')).toContainText(/凭证 R\d{16}/);
  await expect(page.locator('#records input[name=records]')).toHaveCount(before - 1);
  await expect(group(page, '要到窗口')).toHaveCount(0);
  await settled.locator('.lt-card__link').click();
  await expect(page.locator('.lt-verdict--pass')).toHaveText('已办结');
  await expect(page.locator('.lt-refusal')).toHaveCount(0);
  await page.locator('main a[href^="/receipts/R"]').click();
  await expect(page.locator('.lt-panel__number strong')).toHaveText(/^R\d{16}$/);
});

test('what only an office handles says so, and the vehicle and home count the same groups', async ({ page }) => {
  await open(page, '13800000002', '条要到窗口');
  const office = await group(page, '要到窗口').locator('.lt-card').count();
  const online = await group(page, '可以网上办').locator('.lt-card').count();
  expect(office).toBeGreaterThan(0);
  for (const path of ['/vehicles', '/']) {
    await page.goto(path);
    await expect(page.locator('main')).toContainText(`${office} 条要到窗口`);
    if (online > 0) await expect(page.locator('main')).toContainText(`${online} 条可以网上办`);
  }
});

test('the filter shows one group and says how many there are', async ({ page }) => {
  await open(page, '13800000002', '条要到窗口');
  await page.locator('.lt-filter__item').filter({ hasText: '要到窗口' }).click();
  await expect(page).toHaveURL(/filter=office$/);
  await expect(page.locator('.lt-filter__item[aria-current]')).toContainText('要到窗口');
  await expect(page.locator('.lt-group')).toHaveCount(1);
});

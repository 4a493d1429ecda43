import type { Page } from '@playwright/test';
import { agree, newestCode, pay, place, primary, signIn, speak } from '../people';
import { expect, ownServer, test } from '../test';

ownServer();

// From the records to the page that asks for the code, with one record chosen; gives the way to the records.
async function reachConfirm(page: Page, phone: string): Promise<string> {
  await speak(page, 'zh');
  await signIn(page, phone, '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().click();
  const vehicle = new URL(page.url()).pathname;
  await page.locator('#records input[name=records]').first().check();
  await page.locator('button[form=records]').click();
  await agree(page);
  return vehicle;
}

async function ordersOf(page: Page): Promise<number> {
  await page.goto('/orders');
  return page.locator('main .lt-card').count();
}

test('a double tap, a reload and going back make one order', async ({ page }) => {
  const phone = '13800000001';
  await reachConfirm(page, phone);
  await page.locator('#code').fill(await newestCode(page, phone));
  await primary(page).dblclick({ noWaitAfter: true });
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
  const order = page.url();
  await page.reload();
  await expect(page).toHaveURL(order);
  await expect(page.locator('form[action="/api/orders/pay"]')).toHaveCount(1);

  // The form that comes back leads to the order, and has nothing to press twice.
  await page.goBack();
  await expect(page).toHaveURL(`${order}?accepted=already`);
  await expect(page.locator('main')).toContainText('已接受，不用再点');
  await expect(page.locator('form[action="/api/orders/place"]')).toHaveCount(0);
  expect(await ordersOf(page)).toBe(1);
});

test('the same records in two tabs make one order', async ({ page, context }) => {
  const phone = '13800000004';
  await reachConfirm(page, phone);
  const code = await newestCode(page, phone);
  const second = await context.newPage();
  await second.goto(page.url());
  await page.locator('#code').fill(code);
  await second.locator('#code').fill(code);
  await primary(page).click();
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
  await primary(second).click();
  await expect(second).toHaveURL(`${page.url()}?accepted=already`);
  await expect(second.locator('form[action="/api/orders/place"]')).toHaveCount(0);
  expect(await ordersOf(page)).toBe(1);
});

test('a page from before shows the real state: held, given back, paid', async ({ page, context }) => {
  const phone = '13800000009';
  const vehicle = await reachConfirm(page, phone);
  const record = new URL(page.url()).searchParams.get('records')!;
  const old = await context.newPage();
  await old.goto(`${vehicle}/records/${record}`);
  await expect(old.locator('.lt-verdict--pass')).toBeVisible();
  await place(page, phone);
  const order = new URL(page.url()).pathname;

  // The old page still offers to accept: pressing it leads to the order that the record is in.
  await old.locator(`main a[href="${vehicle}/notice?records=${record}"]`).click();
  await expect(old).toHaveURL(new RegExp(`${order}\\?accepted=already$`));
  await old.goto(`${vehicle}/records/${record}`);
  await expect(old.locator(`main a[href="${order}"]`)).toBeVisible();
  await expect(old.locator('.lt-strip--unpaid')).toBeVisible();
  await old.goto('/');
  await expect(old.locator('main')).toContainText('1 条现在不能办');
  await old.goto(`${vehicle}/records/${record}`);

  // The order's page from before the cancelling pays nothing.
  const before = await context.newPage();
  await before.goto(order);
  await page.locator(`a[href="${order}/cancel"]`).click();
  await expect(page.locator('main')).toContainText('不罚款、不记分');
  await primary(page).click();
  await expect(page.locator('form[action="/api/orders/pay"]')).toHaveCount(0);
  await primary(before).click();
  await expect(before).toHaveURL(new RegExp(`${order}$`));
  await expect(before.locator('form[action="/api/orders/pay"]')).toHaveCount(0);
  await expect(before.locator('main')).toContainText('本次处理已取消');
  await old.reload();
  await expect(old.locator('.lt-verdict--pass')).toBeVisible();
  await expect(old.locator('.lt-strip--unpaid')).toHaveCount(0);
});

test('paying from two tabs takes the money once', async ({ page, context }) => {
  const phone = '13800000013';
  await reachConfirm(page, phone);
  await place(page, phone);
  const order = page.url();
  const second = await context.newPage();
  await second.goto(order);
  await pay(page);
  await primary(second).click();
  await expect(second).toHaveURL(new RegExp(`${new URL(order).pathname}$`));
  await expect(second.locator('.lt-panel')).toBeVisible();
  await page.goto('/receipts');
  await expect(page.locator('main a[href^="/receipts/"]')).toHaveCount(1);
});

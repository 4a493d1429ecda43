import { atCashier, newestCode, place, primary, reachDecision } from '../people';
import { expect, ownServer, test } from '../test';

ownServer();

test('asking for another code too early leaves the code page as it is', async ({ page }) => {
  const phone = '13800000001';
  await reachDecision(page, phone);
  const code = await newestCode(page, phone);
  await page.locator('main form[action="/api/orders/code/send"] button').click();
  await expect(page).toHaveURL(/\/confirm\?/);
  await expect(page.locator('#code')).toBeVisible();
  await page.locator('#code').fill(code);
  await primary(page).click();
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
});

test('a declined payment says so, takes the focus and can be tried again', async ({ page }) => {
  const phone = '13800000009';
  await reachDecision(page, phone);
  await place(page, phone);
  await atCashier(page, 'decline');
  const failure = page.locator('#failure');
  await expect(failure).toContainText('没有扣款，可以再试');
  await expect(failure).toBeFocused();
  await expect(page).toHaveTitle(/^没有缴成/);
  await expect(page.locator('main')).not.toContainText('正在核实');
  await atCashier(page, 'pay');
  await expect(async () => {
    await page.reload();
    await expect(page.locator('.lt-panel')).toBeVisible({ timeout: 1000 });
  }).toPass();
});

test('who left the cashier sees one order to wait, and later one to pay', async ({ page }) => {
  const phone = '13800000004';
  await reachDecision(page, phone);
  const order = await place(page, phone);
  await atCashier(page, 'leave');
  await expect(page.locator('h1')).toHaveText('正在核实缴款');
  await expect(page.locator('main')).toContainText('请不要重复缴款');
  await expect(page.locator('main')).not.toContainText('前缴款');
  await expect(page.locator('.lt-dock')).toHaveCount(0);
  await expect(page.locator(`a[href="${order}/cancel"]`)).toHaveCount(0);
  // Coming back more than a minute ago, as the address says.
  await page.goto(`${order}?returned=1794900000`);
  await expect(page.locator('.lt-due')).toBeVisible();
  await expect(primary(page)).toHaveText('继续缴款');
});

test('cancelling is asked about first, far from the primary act', async ({ page }) => {
  const phone = '13800000013';
  await reachDecision(page, phone);
  const order = await place(page, phone);
  const link = page.locator(`a[href="${order}/cancel"]`);
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  const [cancel, dock] = [(await link.boundingBox())!, (await page.locator('.lt-dock').boundingBox())!];
  expect(dock.y - (cancel.y + cancel.height)).toBeGreaterThanOrEqual(48);
  await link.click();
  await expect(page.locator('h1')).toHaveText('不办了？');
  await page.locator(`main a[href="${order}"]`).click();
  await expect(primary(page)).toHaveText('去缴款');
});

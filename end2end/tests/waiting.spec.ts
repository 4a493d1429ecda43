import { atCashier, place, reachDecision } from './people';
import { expect, ownServer, test } from './test';

const server = ownServer();

test('the page asks a small address by itself and opens anew when the answer is there', async ({ page }) => {
  const phone = '13800000001';
  await reachDecision(page, phone);
  const order = await place(page, phone);
  // The time that is left goes on.
  await expect(page.locator('.lt-countdown')).toHaveText(/还剩 (2 小时 0 分|1 小时 59 分)/);

  await atCashier(page, 'leave');
  const pages: string[] = [];
  page.on('request', (request) => {
    if (request.isNavigationRequest()) pages.push(request.url());
  });
  const asked = await page.waitForResponse(`**${order}/pending`);
  expect(asked.status()).toBe(202);
  expect(asked.headers()['content-length']).toBe('0');
  const again = await page.waitForResponse(`**${order}/pending`);
  expect(again.status()).toBe(202);
  expect(pages).toEqual([]);

  // Paid in another tab.
  const cashier = await page.context().newPage();
  await cashier.goto(`${order}?returned=1794900000`);
  await cashier.locator('.lt-dock button').click();
  await cashier.locator('button[value=pay]').click();
  await expect(page.locator('.lt-panel')).toBeVisible({ timeout: 30_000 });
  expect(server().origin).toBeTruthy();
});

test('the time that is left counts down without the server', async ({ page }) => {
  const phone = '13800000009';
  await page.clock.install();
  await reachDecision(page, phone);
  await place(page, phone);
  await expect(page.locator('html')).toHaveAttribute('data-hydrated', 'true');
  await expect(page.locator('.lt-countdown')).toHaveText(/还剩 (2 小时 0 分|1 小时 59 分)/);
  await page.clock.fastForward('01:00:00');
  await expect(page.locator('.lt-countdown')).toHaveText(/还剩 (1 小时 0 分|59 分钟)/);
  await page.clock.fastForward('01:00:00');
  await expect(page.locator('.lt-countdown')).toHaveText('时间已到');
});

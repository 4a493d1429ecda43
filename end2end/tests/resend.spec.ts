import { primary, reachDecision } from './people';
import { expect, ownServer, test } from './test';

ownServer();

test('another code is asked for when its minute is over, and the button counts down to then', async ({ page }) => {
  await page.clock.install();
  await reachDecision(page, '13800000001');
  await expect(primary(page)).toBeVisible();
  const again = page.locator('form[action="/api/orders/code/send"] button');
  await expect(again).toHaveText(/^(60|5\d) 秒后可重新发送$/);
  const asked: string[] = [];
  page.on('request', (request) => { if (request.method() === 'POST') asked.push(request.url()); });
  await again.click();
  expect(asked).toEqual([]);
  await page.clock.fastForward(30_000);
  await expect(again).toHaveText(/^(30|2\d) 秒后可重新发送$/);
  await page.clock.fastForward(31_000);
  await expect(again).not.toHaveText(/秒/);
  await again.click();
  await expect(page).toHaveURL(/\/confirm\?/);
  expect(asked.length).toBe(1);
});

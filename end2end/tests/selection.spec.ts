import type { Page } from '@playwright/test';
import { signIn, speak } from './people';
import { expect, ownServer, test } from './test';

ownServer();

// Nine points in the cycle: two records of one point pass, the one of three would make twelve.
const PHONE = '13800000004';

async function open(page: Page) {
  await speak(page, 'zh');
  await signIn(page, PHONE, '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().click();
  await expect(page.locator('.lt-selection')).toContainText('勾选要处理的记录');
}

test('the sum and the verdict of what is ticked stand above the button, in view', async ({ page }) => {
  await open(page);
  const boxes = page.locator('#records input[name=records]');
  // Pressing the card is enough.
  const card = page.locator('#records .lt-card').filter({ has: page.locator('input') }).first();
  const { width, height } = (await card.boundingBox())!;
  await card.click({ position: { x: width - 8, y: height - 8 } });
  await expect(boxes.first()).toBeChecked();
  await expect(page.locator('#selection-sum')).toHaveText('已选 1 条：罚款 100 元，记 1 分，办完累积 10 分。');
  await expect(page.locator('#selection-verdict')).toHaveText('可以一起办。');
  await expect(page.locator('#selection-sum')).toBeInViewport({ ratio: 1 });
  const sum = (await page.locator('.lt-selection').boundingBox())!;
  const bar = (await page.locator('.lt-actions').boundingBox())!;
  const tabs = (await page.locator('.lt-tabs').boundingBox())!;
  expect(sum.y + sum.height).toBeLessThanOrEqual(bar.y + 1);
  expect(bar.y + bar.height).toBeLessThanOrEqual(tabs.y + 1);
});

test('the most that pass are ticked at once, and are what the next page shows', async ({ page }) => {
  await open(page);
  await page.locator('.lt-selection button').click();
  await expect(page.locator('#records input:checked')).toHaveCount(2);
  await expect(page.locator('#selection-verdict')).toHaveText('可以一起办。');
  await page.locator('#records button[type=submit]').click();
  await expect(page).toHaveURL(/\/notice\?records=\d+&records=\d+$/);
  await expect(page.locator('form[action$="/decision"]')).toBeVisible();
  // Going back keeps what was ticked and says the same.
  await page.goBack();
  await expect(page.locator('#selection-sum')).toContainText('已选 2 条');
});

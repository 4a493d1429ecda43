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
  // The server renders this line hidden; it shows when the browser judges.
  await expect(page.locator('#selection-sum')).toBeVisible();
  await expect(page.locator('#selection-sum')).toHaveText('先勾选要处理的记录。');
}

test('the sum and the verdict of what is ticked stand above the button, in view', async ({ page }) => {
  await open(page);
  const boxes = page.locator('#records input[name=records]');
  // Pressing the card is enough.
  const card = page.locator('#records .lt-card').filter({ has: page.locator('input') }).first();
  const { width, height } = (await card.boundingBox())!;
  await card.click({ position: { x: width - 8, y: height - 8 } });
  await expect(boxes.first()).toBeChecked();
  await expect(page.locator('#selection-sum')).toHaveText('1 条 ¥100 记 1 分');
  await expect(page.locator('#selection-verdict')).toHaveText('办完累积 10 分，可以一起办');
  await expect(page.locator('#selection-sum')).toBeInViewport({ ratio: 1 });
  // One bar: no tabs below it, and it ends at the lower edge of the screen.
  await expect(page.locator('.lt-tabs')).toHaveCount(0);
  const dock = (await page.locator('.lt-dock').boundingBox())!;
  expect(Math.abs(dock.y + dock.height - 844)).toBeLessThanOrEqual(1);
  await expect(page.locator('button[form=records]')).toBeInViewport({ ratio: 1 });
});

test('the most that pass are ticked at once, and are what the next page shows', async ({ page }) => {
  await open(page);
  await page.locator('#choose-most').click();
  await expect(page).not.toHaveURL(/choose/);
  await expect(page.locator('#records input:checked')).toHaveCount(2);
  await expect(page.locator('#selection-verdict')).toHaveText('办完累积 11 分，可以一起办');
  await page.locator('button[form=records]').click();
  await expect(page).toHaveURL(/\/notice\?records=\d+&records=\d+$/);
  await expect(page.locator('form[action$="/decision"]')).toBeVisible();
  // Going back keeps what was ticked and says the same.
  await page.goBack();
  await expect(page.locator('#selection-sum')).toContainText('2 条');
});

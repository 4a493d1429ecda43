import type { Page } from '@playwright/test';
import { signIn, speak } from '../people';
import { expect, ownServer, test } from '../test';

ownServer();

async function open(page: Page): Promise<string> {
  await speak(page, 'zh');
  await signIn(page, '13800000001', '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().click();
  await expect(page.locator('#records')).toBeVisible();
  await page.waitForLoadState();
  return new URL(page.url()).pathname;
}

test('the way back from a record keeps ticks and filter of the address', async ({ page }) => {
  const vehicle = await open(page);
  const ids = await page.locator('#records input[name=records]').evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value));
  expect(ids.length).toBeGreaterThanOrEqual(2);
  await page.goto(`${vehicle}?filter=online&records=${ids[0]}&records=${ids[1]}`);
  await expect(page.locator('#records input:checked')).toHaveCount(2);
  await page.locator('#records .lt-card__link').nth(1).click();
  await expect(page).toHaveURL(/\/records\//);
  // From elsewhere than the list, such as after a change of language, the link alone leads back.
  await page.goto(page.url());
  await page.locator('a.lt-back').click();
  await expect(page).toHaveURL(new RegExp(`${vehicle}\\?filter=online&records=${ids[0]}&records=${ids[1]}`));
  await expect(page.locator('#records input:checked')).toHaveCount(2);
  await expect(page.locator('.lt-filter__item[aria-current]')).toContainText('可以网上办');
});

test('nothing ticked is told with the ticks to set', async ({ page }) => {
  await open(page);
  await page.locator('button[form=records]').click();
  await expect(page).toHaveTitle(/^错误/);
  await expect(page.locator('#errors')).toBeFocused();
  const line = page.locator('#errors a');
  await expect(line).toHaveText('请至少选择一条记录');
  const first = await page.locator('#records input[name=records]').first().getAttribute('id');
  await expect(line).toHaveAttribute('href', `#${first}`);
  await expect(page.locator('#records-error')).toContainText('请至少选择一条记录');
  // The next opening of the list is without the error.
  await page.reload();
  await expect(page.locator('#errors')).toHaveCount(0);
});

test('the link for the most that pass ticks them', async ({ page, javaScriptEnabled }) => {
  await open(page);
  await page.locator('#choose-most').click();
  await expect(page.locator('#records input:checked')).toHaveCount(3);
  if (javaScriptEnabled === false) await expect(page).toHaveURL(/choose=most/);
});

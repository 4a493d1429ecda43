import { signIn, speak } from '../people';
import { expect, ownServer, test } from '../test';

// 23:05 in Chongqing, which opens at 01:00.
ownServer('2026-11-18T15:05:00Z');

test('while a place is closed its records come later, and nobody is sent to an office', async ({ page }) => {
  await speak(page, 'zh');
  await signIn(page, '13800000009', '/vehicles');
  const row = page.locator('a.lt-cell--link').first();
  await expect(row).toContainText('条现在不能办');
  await expect(row).not.toContainText('要到窗口');
  await row.click();
  await expect(page.getByRole('heading', { name: /^现在不能办 \d+$/ })).toBeVisible();
  await expect(page.locator('main')).not.toContainText('要到窗口');
  const cards = page.locator('.lt-group .lt-card');
  for (const reason of await cards.locator('.lt-reason').allInnerTexts()) expect(reason).toContain('2026年11月19日 01:00 起可以网上办');
  // Cards without boxes keep their distance.
  const [first, second] = [await cards.nth(0).boundingBox(), await cards.nth(1).boundingBox()];
  expect(second!.y - first!.y - first!.height).toBeGreaterThanOrEqual(12);
  await cards.locator('.lt-card__link').first().click();
  await expect(page.locator('.lt-verdict--later')).toContainText('2026年11月19日 01:00 起可以网上办');
  await expect(page.getByRole('heading', { name: '去哪里办' })).toHaveCount(0);
  await page.goto('/');
  await expect(page.locator('main')).toContainText('条现在不能办');
});

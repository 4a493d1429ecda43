import { speak } from './people';
import { expect, test } from './test';

test('the what-if answers while one types, and the answer of the earlier case goes', async ({ page }) => {
  await speak(page, 'zh');
  await page.goto('/what-if');
  const earlier = page.locator('#answer');
  const now = page.locator('#answer-now');
  await expect(earlier.locator('.lt-verdict--pass')).toBeVisible();
  // The form is followed once the browser's part has loaded.
  await expect(async () => {
    await page.locator('#fine').fill('100');
    await page.locator('#fine').fill('500');
    await expect(now.locator('a[href="/rulebook/camera.fine-limit"]')).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(earlier).toBeHidden();
  await page.locator('#fine').fill('');
  await page.locator('#fine').fill('x');
  await expect(now).toContainText('还没填对');
  await page.locator('#fine').fill('200');
  await expect(now.locator('.lt-verdict--pass')).toBeVisible();
});

import { signIn, speak } from './people';
import { expect, test } from './test';

// The page's clock runs ahead; the server's does not, so that staying is possible at once.
test('two minutes before an idle session ends the page says so, and one press stays', async ({ page }) => {
  await page.clock.install();
  await speak(page, 'zh');
  await signIn(page, '13800000001', '/me');
  const warning = page.locator('#session');
  await expect(page.locator('html')).toHaveAttribute('data-hydrated', 'true');
  await page.clock.fastForward('27:00');
  await expect(warning).toBeEmpty();
  await page.clock.fastForward('01:10');
  await expect(warning).toContainText('两分钟');
  const answered = page.waitForResponse('**/session');
  await warning.getByRole('button').click();
  expect((await answered).status()).toBe(204);
  await expect(warning).toBeEmpty();
  await page.clock.fastForward('31:00');
  await expect(warning).toContainText('登录已结束');
  await expect(warning.getByRole('link')).toHaveAttribute('href', '/sign-in?next=/me');
});

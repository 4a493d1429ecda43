import { signIn, speak } from './people';
import { expect, ownServer, test } from './test';

ownServer();
test.use({ serviceWorkers: 'block', meant: /wasm|Failed to (fetch|load)|ERR_FAILED|TypeError/i });

test('without WebAssembly the list promises no sum, and the link for the most still ticks', async ({ page }) => {
  await page.route('**/*.wasm', (route) => route.abort());
  await speak(page, 'zh');
  await signIn(page, '13800000004', '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().click();
  const dock = page.locator('.lt-dock');
  await expect(dock).toContainText('下一页会算出合计');
  await expect(page.locator('#selection-sum')).toBeHidden();
  await page.locator('#choose-most').click();
  await expect(page).toHaveURL(/choose=most/);
  await expect(page.locator('#records input:checked')).toHaveCount(2);
  await dock.getByRole('button').click();
  await expect(page).toHaveURL(/\/notice\?records=\d+&records=\d+$/);
});

import { signIn, speak } from './people';
import { expect, ownServer, test } from './test';

ownServer();
test.use({ viewport: { width: 390, height: 560 } });

test('the way back from a record keeps what was ticked since the list was opened, the filter and the place', async ({ page }) => {
  await speak(page, 'zh');
  await signIn(page, '13800000001', '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().click();
  await page.locator('.lt-filter__item').filter({ hasText: '可以网上办' }).click();
  const list = page.url();
  await page.locator('#records input[name=records]').nth(0).check();
  await page.locator('#records input[name=records]').nth(2).check();
  await page.locator('#records .lt-card__link').last().scrollIntoViewIfNeeded();
  const scrolled = await page.evaluate(() => scrollY);
  expect(scrolled).toBeGreaterThan(100);
  await page.locator('#records .lt-card__link').last().click();
  await expect(page).toHaveURL(/\/records\//);
  await page.locator('a.lt-back').click();
  await expect(page).toHaveURL(list);
  await expect(page.locator('#records input:checked')).toHaveCount(2);
  await expect(page.locator('#selection-sum')).toContainText('2 条');
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(scrolled - 60);
});

test('an ended session leads to signing in and back to the list with its ticks', async ({ page, context }) => {
  await page.clock.install();
  await speak(page, 'zh');
  await signIn(page, '13800000001', '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().click();
  await expect(page.locator('html')).toHaveAttribute('data-hydrated', 'true');
  const ticked = page.locator('#records input[name=records]').nth(1);
  await ticked.check();
  const id = await ticked.inputValue();
  const vehicle = new URL(page.url()).pathname;
  await page.clock.fastForward('31:00');
  const link = page.locator('#session').getByRole('link');
  // The server's session of this browser ends elsewhere meanwhile.
  const other = await context.browser()!.newContext({ baseURL: new URL(page.url()).origin });
  const there = await other.newPage();
  await signIn(there, '13800000001', '/me/sessions');
  const others = there.locator('form[action="/api/sessions/end"]');
  for (let left = await others.count(); left > 0; left--) {
    await others.first().locator('button').click();
    await expect(others).toHaveCount(left - 1);
  }
  await other.close();
  await link.click();
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await expect(page.locator('.lt-verdict--later')).toContainText('登录后回到刚才那一步');
  await page.locator('a[href^="/sign-in/password"]').click();
  await page.locator('#phone').fill('13800000001');
  await page.locator('#password').fill('lutong-demo');
  await page.locator('main form button[type=submit]').click();
  await expect(page).toHaveURL(new RegExp(`${vehicle}\\?records=${id}$`));
  await expect(page.locator('#records input:checked')).toHaveCount(1);
  await expect(page.locator('#records input:checked')).toHaveValue(id);
});

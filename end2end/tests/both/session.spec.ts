import { newestCode, PASSWORD, signIn, speak } from '../people';
import { expect, ownServer, test } from '../test';

// Sessions of one person are counted here: no other test may begin one meanwhile.
ownServer();

test('signing in by code leads on to where one wanted to go', async ({ page }, info) => {
  const phone = info.project.name === 'scripts on' ? '13800000010' : '13800000012';
  await speak(page, 'zh');
  await page.goto('/me/licence');
  await expect(page).toHaveURL(/\/sign-in\?next=\/me\/licence$/);
  await page.locator('#phone').fill(phone);
  await page.locator('main form button[type=submit]').first().click();
  await expect(page).toHaveURL(/\/sign-in\/code\?next=\/me\/licence$/);
  await page.locator('#code').fill(await newestCode(page, phone));
  await page.locator('main form button[type=submit]').first().click();
  await expect(page).toHaveURL(/\/me\/licence$/);
  await expect(page.locator('h1')).toHaveText('驾驶证和记分');
});

test('a phone without an account is answered like one with, until its code', async ({ page }, info) => {
  const phone = info.project.name === 'scripts on' ? '13900000031' : '13900000032';
  await speak(page, 'zh');
  await page.goto('/sign-in');
  await page.locator('#phone').fill(phone);
  await page.locator('main form button[type=submit]').first().click();
  await expect(page).toHaveURL(/\/sign-in\/code/);
  await page.locator('#code').fill(await newestCode(page, phone));
  await page.locator('main form button[type=submit]').first().click();
  await expect(page.locator('#code-error')).toContainText('还没有账号');
});

test('after signing out a personal page leads to signing in and back', async ({ page }) => {
  await speak(page, 'zh');
  await signIn(page, '13800000006', '/vehicles');
  await page.locator('a.lt-cell--link').first().click();
  const wanted = new URL(page.url()).pathname;
  await expect(page.locator('.lt-plate').first()).toBeVisible();
  await page.goto('/me');
  await page.locator('form[action="/api/sign-out"] button').click();
  await expect(page).toHaveURL(/\/signed-out$/);

  // Neither going back nor the address shows the personal page.
  await page.goBack();
  await expect(page).toHaveURL(/\/sign-in\?next=\/me$/);
  await page.goto(wanted);
  await expect(page).toHaveURL(new RegExp(`/sign-in\\?next=${wanted}$`));
  await expect(page.locator('.lt-plate')).toHaveCount(0);
  await page.locator('a[href^="/sign-in/password"]').click();
  await page.locator('#phone').fill('13800000006');
  await page.locator('#password').fill(PASSWORD);
  await page.locator('main form button[type=submit]').first().click();
  await expect(page).toHaveURL(new RegExp(`${wanted}$`));
  await expect(page.locator('.lt-plate').first()).toBeVisible();
});

test('an address outside leads home after signing in', async ({ page }) => {
  await page.goto('/sign-in/password?next=%2F%2Fexample.org%2F');
  await page.locator('#phone').fill('13800000006');
  await page.locator('#password').fill(PASSWORD);
  await page.locator('main form button[type=submit]').first().click();
  await expect(page).toHaveURL(/127\.0\.0\.1:\d+\/$/);
});

test('a session ended on another device is ended', async ({ page, browser, baseURL }, info) => {
  const phone = info.project.name === 'scripts on' ? '13800000014' : '13800000005';
  await speak(page, 'zh');
  const other = await browser.newContext({ baseURL });
  const there = await other.newPage();
  await signIn(there, phone, '/me');
  await signIn(page, phone, '/me/sessions');
  const others = page.locator('form[action="/api/sessions/end"]');
  for (let left = await others.count(); left > 0; left--) {
    await others.first().locator('button').click();
    await expect(others).toHaveCount(left - 1);
  }
  await there.goto('/me');
  await expect(there).toHaveURL(/\/sign-in\?next=\/me$/);
  await other.close();
});

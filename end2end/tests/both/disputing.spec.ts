import { newestCode, signIn, speak } from '../people';
import { expect, ownServer, test } from '../test';

ownServer();

test('a record is disputed once, at the office that the page names, and is then out of reach', async ({ page }) => {
  await speak(page, 'zh');
  await signIn(page, '13800000001', '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().click();
  const card = page.locator('#records .lt-card').filter({ has: page.locator('input[name=records]') }).first();
  await card.locator('.lt-card__link').click();
  await expect(page).toHaveURL(/\/records\/[^/]+$/);
  const record = new URL(page.url()).pathname;

  // Nothing is disputed yet: the page that says so is not this record's.
  await page.goto(`${record}/disputed`);
  await expect(page).toHaveURL(new RegExp(`${record}$`));
  await page.locator(`main a[href="${record}/dispute"]`).click();
  await expect(page.locator('.lt-sync')).toBeVisible();
  await page.locator('form[action="/api/records/dispute/code/send"] button').click();
  await expect(page).toHaveURL(new RegExp(`${record}/dispute/confirm$`));
  await page.locator('#code').fill(await newestCode(page, '13800000001'));
  await page.locator('form[action="/api/records/dispute"] button').click();
  await expect(page).toHaveURL(new RegExp(`${record}/disputed$`));
  await expect(page.locator('main')).toContainText('已记下您的异议');
  const office = await page.locator('main .lt-section dd').first().innerText();
  await expect(page.locator('main > p').first()).toContainText(office);

  await page.goto(record);
  await expect(page.locator(`main a[href="${record}/dispute"]`)).toHaveCount(0);
  await expect(page.locator('.lt-refusal a[href="/rulebook/camera.not-disputed"]')).toBeVisible();
  await page.goto(`${record}/dispute`);
  await expect(page).toHaveURL(new RegExp(`${record}/disputed$`));

  // Taken back, it is as it was.
  await page.locator('form[action="/api/records/dispute/withdraw"] button').click();
  await expect(page).toHaveURL(new RegExp(`${record}$`));
  await expect(page.locator(`main a[href="${record}/dispute"]`)).toBeVisible();
});

import { signIn, speak } from '../people';
import { expect, ownServer, test } from '../test';

// 23:00 in Chongqing, which is closed from 22:00 to 01:00.
ownServer('2026-11-18T15:00:00Z');

for (const [language, words] of [
  ['zh', { hours: '每天 22:00 至次日 01:00', again: '2026年11月19日 01:00', source: '六 7' }],
  ['en', { hours: '22:00', again: '01:00', source: '六 7' }],
] as const) {
  test(`closed hours are named with their source and their end (${language})`, async ({ page }) => {
    await speak(page, language);
    await signIn(page, '13800000009', '/vehicles');
    await page.locator('a.lt-cell--link').first().click();
    await expect(page.locator('#records input[name=records]')).toHaveCount(0);
    await page.locator('#records .lt-card__link').first().click();
    const card = page.locator('.lt-refusal').filter({ has: page.locator('a[href="/rulebook/camera.service-hours"]') });
    await expect(card).toContainText(words.hours);
    await expect(card).toContainText(words.again);
    await expect(card.locator('blockquote').first()).toContainText('每天晚上22时至次日凌晨1时');
    await expect(card).toContainText(words.source);
    await expect(card.locator('.lt-refusal__remedy')).not.toBeEmpty();
  });
}

test('who comes by the address of the form is told the same', async ({ page }) => {
  await speak(page, 'zh');
  await signIn(page, '13800000009', '/vehicles');
  await page.locator('a.lt-cell--link').first().click();
  const vehicle = new URL(page.url()).pathname;
  const record = await page.locator('#records .lt-card__link').first().getAttribute('href');
  await page.goto(`${vehicle}/decision?records=${record!.split('/').at(-1)}&agreed=yes`);
  await expect(page.locator('.lt-refusal a[href="/rulebook/camera.service-hours"]')).toBeVisible();
  await expect(page.locator('form[action="/api/orders/code/send"]')).toHaveCount(0);
});

test('a place without closed hours goes on at night', async ({ page }) => {
  await speak(page, 'zh');
  await signIn(page, '13800000001', '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().click();
  await expect(page.locator('#records input[name=records]')).toHaveCount(3);
});

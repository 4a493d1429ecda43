import { expect, test } from '../test';
import { signIn, speak } from '../people';

// People whose records are refused for different reasons, each with its source and what to do.
const refused = [
  { phone: '13800000007', rule: 'camera.licence-bound' },
  { phone: '13800000010', rule: 'camera.licence-state' },
  { phone: '13800000015', rule: 'camera.full-marks' },
  { phone: '13800000012', rule: 'camera.vehicle-owner' },
  { phone: '13800000005', rule: 'camera.identity' },
  { phone: '13800000003', rule: 'camera.channel' },
  { phone: '13800000015', rule: 'camera.points-known' },
];

for (const { phone, rule, language } of refused.flatMap((one) => [{ ...one, language: 'zh' }, { ...one, language: 'en' }] as const)) {
  test(`${phone} is told about ${rule} with source and remedy (${language})`, async ({ page }) => {
    await speak(page, language);
    await signIn(page, phone, '/vehicles');
    const vehicles = await page.locator('a.lt-cell--link').evaluateAll((links) => links.map((link) => link.getAttribute('href')!));
    const found: string[] = [];
    for (const vehicle of vehicles) {
      await page.goto(vehicle);
      const records = await page.locator('#records .lt-card__link').evaluateAll((links) => links.map((link) => link.getAttribute('href')!));
      for (const record of records) {
        await page.goto(record);
        found.push(...await page.locator('.lt-refusal__rule a').evaluateAll((links) => links.map((link) => link.getAttribute('href')!)));
        if (found.includes(`/rulebook/${rule}`)) {
          const card = page.locator('.lt-refusal').filter({ has: page.locator(`a[href="/rulebook/${rule}"]`) });
          await expect(card.locator('blockquote, .govuk-inset-text').first()).not.toBeEmpty();
          await expect(card.locator('.lt-refusal__remedy')).not.toBeEmpty();
          return;
        }
      }
    }
    expect(found).toContain(`/rulebook/${rule}`);
  });
}

test('the rulebook and the what-if answer without signing in', async ({ page }) => {
  await page.goto('/rulebook/camera.fine-limit');
  await expect(page.locator('table tbody tr')).toHaveCount(5);
  await page.goto('/what-if?place=530102&fine=500');
  await expect(page.locator('.lt-refusal')).toHaveCount(2);
  await page.goto('/what-if?place=530102&fine=200');
  await expect(page.locator('.lt-verdict--pass')).toBeVisible();
});

test('what paying late adds is computed from the page of its rule', async ({ page }) => {
  await speak(page, 'zh');
  await page.goto('/rulebook/fine.late-fee');
  await page.locator('a[href="/what-if/late-fee"]').click();
  await page.locator('#fine').fill('200');
  await page.locator('#served_on').fill('2026-03-01');
  await page.locator('#paid_on').fill('2026-03-26');
  await page.locator('main form button').click();
  await expect(page.locator('#answer')).toContainText('逾期 10 天，加处罚款 60 元');
  await expect(page.locator('#answer')).toContainText('260 元');
});

test.describe('what belongs to somebody else', () => {
  test.use({ meant: /status of 404/ });

  test("another person's vehicle is not found", async ({ page }) => {
    await signIn(page, '13800000007', '/vehicles');
    const response = await page.goto('/vehicles/900000000053');
    expect(response?.status()).toBe(404);
  });
});

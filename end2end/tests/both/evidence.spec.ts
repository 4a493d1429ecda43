import { signIn, speak } from '../people';
import { expect, test } from '../test';

test('the picture opens on a page of its own with a way back, and never smaller', async ({ page }) => {
  await speak(page, 'zh');
  await signIn(page, '13800000010', '/vehicles');
  await page.locator('a.lt-cell--link').first().click();
  await page.locator('#records .lt-card__link').first().click();
  const record = new URL(page.url()).pathname;
  const picture = page.locator('.lt-evidence img');
  const inline = (await picture.boundingBox())!.width;
  await picture.click();
  await expect(page).toHaveURL(new RegExp(`${record}/evidence$`));
  await expect(page.locator('h1')).toHaveText('监控照片');
  const large = page.locator('.lt-zoom img');
  expect((await large.boundingBox())!.width).toBeGreaterThanOrEqual(inline - 1);
  for (const times of [2, 4]) {
    await page.getByRole('link', { name: `${times} 倍` }).click();
    await expect(page).toHaveURL(new RegExp(`zoom=${times}$`));
    expect((await large.boundingBox())!.width).toBeGreaterThanOrEqual(inline * times - times);
    await expect(page.locator('.lt-filter__item[aria-current]')).toContainText(`${times} 倍`);
  }
  const frame = page.locator('.lt-zoom');
  expect(await frame.evaluate((one) => one.scrollWidth > one.clientWidth)).toBe(true);
  await page.locator('a.lt-back').click();
  await expect(page).toHaveURL(new RegExp(`${record}$`));
});

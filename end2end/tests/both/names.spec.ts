import { signIn, speak } from '../people';
import { expect, test } from '../test';

test('each box is named by act, day and fine, each card by its act', async ({ page }) => {
  await speak(page, 'zh');
  await signIn(page, '13800000013', '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条可以网上办' }).first().click();
  const card = page.locator('#records article').filter({ has: page.locator('input') }).first();
  const act = await card.locator('.lt-card__link').innerText();
  await expect(card).toHaveAccessibleName(act);
  await expect(card.getByRole('checkbox')).toHaveAccessibleName(new RegExp(`^${act}，\\d+月\\d+日，\\d+ 元$`));
});

test('English pages mark Chinese places and plates as Chinese', async ({ page }) => {
  await speak(page, 'en');
  await signIn(page, '13800000013', '/vehicles');
  const unmarked = () =>
    page.evaluate(() => {
      const chinese = /[\u4e00-\u9fff]/;
      const walker = document.createTreeWalker(document.querySelector('main')!, NodeFilter.SHOW_TEXT);
      const found: string[] = [];
      while (walker.nextNode()) {
        const text = walker.currentNode.textContent!.trim();
        if (chinese.test(text) && walker.currentNode.parentElement!.closest('[lang]')?.getAttribute('lang') !== 'zh-CN') found.push(text);
      }
      return found;
    });
  expect(await unmarked()).toEqual([]);
  await page.locator('a.lt-cell--link').filter({ hasText: 'online now' }).first().click();
  await expect(page.locator('#records .lt-card').first()).toBeVisible();
  expect(await unmarked()).toEqual([]);
  await page.locator('#records .lt-card__link').first().click();
  await expect(page.locator('.govuk-summary-list')).toBeVisible();
  expect(await unmarked()).toEqual([]);
});

test('what leads to a page is a link for screen readers', async ({ page }) => {
  await speak(page, 'zh');
  for (const path of ['/', '/offline', '/rulebook/camera.fine-limit']) {
    await page.goto(path);
    await expect(page.locator('a[role=button]')).toHaveCount(0);
  }
});


test('a refusal is titled by what stands against it', async ({ page }) => {
  await speak(page, 'zh');
  await signIn(page, '13800000007', '/vehicles');
  await page.locator('a.lt-cell--link').first().click();
  await page.locator('#records .lt-card__link').first().click();
  const card = page.locator('.lt-refusal').filter({ has: page.locator('a[href="/rulebook/camera.licence-bound"]') });
  await expect(card.getByRole('heading')).toHaveText('没有绑定驾驶证');
});

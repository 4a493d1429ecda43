import type { Page } from '@playwright/test';
import { preferences, signIn } from './people';
import { expect, ownServer, test } from './test';

ownServer();

async function openList(page: Page, value: string): Promise<string> {
  await page.context().addCookies([preferences(value)]);
  await signIn(page, '13800000001', '/vehicles');
  await page.locator('a.lt-cell--link').first().click();
  await expect(page.locator('#records')).toBeVisible();
  return new URL(page.url()).pathname;
}

// Everything that stays in place while the page is scrolled.
const barHeight = (page: Page) =>
  page.evaluate(() => {
    const isFixed = (one: Element) => ['fixed', 'sticky'].includes(getComputedStyle(one).position);
    const shown = [...document.querySelectorAll('body *')].filter((one) => isFixed(one) && one.getBoundingClientRect().height > 1 && one.id !== 'session' && !one.classList.contains('lt-skip'));
    return shown.reduce((sum, one) => sum + one.getBoundingClientRect().height, 0);
  });

for (const look of ['zh.normal.light', 'en.normal.light', 'zh.large.light', 'en.large.light']) {
  for (const [width, height] of [[390, 844], [390, 664], [320, 568]]) {
    test(`the bars leave four fifths of the list and no focus is hidden (${look}, ${width}x${height})`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await openList(page, look);
      await expect(page.locator('#selection-sum')).not.toBeEmpty();
      await page.locator('#records input[name=records]').nth(0).check();
      await page.locator('#records input[name=records]').nth(1).check();
      await expect(page.locator('#selection-sum')).toContainText('2');
      expect(await barHeight(page)).toBeLessThanOrEqual(height * 0.2);
      // Forwards through all that takes the focus: nothing is covered wholly.
      await page.evaluate(() => scrollTo(0, 0));
      await page.locator('.lt-skip').focus();
      const hidden: string[] = [];
      for (let stop = 0; stop < 40; stop++) {
        await page.keyboard.press('Tab');
        const covered = await page.evaluate(() => {
          const one = document.activeElement!;
          if (one === document.body) return null;
          const box = one.getBoundingClientRect();
          const points = [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => [box.x + box.width * x, box.y + box.height * y]));
          const seen = points.some(([x, y]) => {
            const top = document.elementFromPoint(x, y);
            return top !== null && (one.contains(top) || top.contains(one) || one.parentElement!.contains(top));
          });
          return seen ? '' : `${one.tagName} ${one.textContent!.trim().slice(0, 20)}`;
        });
        if (covered === null) break;
        if (covered) hidden.push(covered);
      }
      expect(hidden).toEqual([]);
    });
  }
}

test('with text at 200 % the bar is part of the page and nothing overlaps', async ({ page, context }) => {
  await openList(page, 'zh.normal.light');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 32 } });
  await page.locator('#records input[name=records]').first().check();
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  const [sum, button] = [await page.locator('.lt-dock [role=status]').boundingBox(), await page.locator('.lt-dock button').boundingBox()];
  const apart = sum!.y + sum!.height <= button!.y + 1 || sum!.x + sum!.width <= button!.x + 1;
  expect(apart).toBe(true);
  const [sync, dock] = [await page.locator('.lt-sync').boundingBox(), await page.locator('.lt-dock').boundingBox()];
  expect(sync!.y + sync!.height).toBeLessThanOrEqual(dock!.y + 1);
});

test('on a wide screen and on paper the rows of a list of facts keep their padding', async ({ page }) => {
  await openList(page, 'zh.normal.light');
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto('/me');
  const padding = () =>
    page.locator('.govuk-summary-list').first().evaluate((list) => list.firstElementChild!.getBoundingClientRect().x - list.getBoundingClientRect().x);
  expect(await padding()).toBeGreaterThanOrEqual(14);
  await page.emulateMedia({ media: 'print' });
  expect(await padding()).toBeGreaterThanOrEqual(10);
});

test('a vehicle is named by its plate once, and in large type on a narrow phone no word breaks', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 568 });
  await openList(page, 'en.large.light');
  await page.goto('/vehicles');
  const row = page.locator('a.lt-cell--link').first();
  const plate = await row.locator('.lt-plate').innerText();
  expect((await row.innerText()).split(plate)).toHaveLength(2);
  const main = (await row.locator('.lt-cell__main').boundingBox())!;
  expect(main.width).toBeGreaterThan(200);
});

test('a field is as wide as the page, with an error too, and stands off from its button', async ({ page }) => {
  await page.context().addCookies([preferences('zh.normal.light')]);
  await page.goto('/sign-in');
  const main = (await page.locator('main').boundingBox())!;
  for (const wrong of [false, true]) {
    if (wrong) {
      await page.locator('#phone').fill('1');
      await page.locator('main form button[type=submit]').click();
      await expect(page.locator('#errors')).toBeVisible();
    }
    const [field, button] = [(await page.locator('#phone').boundingBox())!, (await page.locator('main form button[type=submit]').boundingBox())!];
    expect(main.x + main.width - field.x - field.width).toBeLessThanOrEqual(20);
    expect(field.width).toBeGreaterThan(main.width * 0.85);
    expect(button.y - field.y - field.height).toBeGreaterThanOrEqual(16);
  }
  const summary = page.locator('#errors');
  const gap = await summary.evaluate((one) => one.getBoundingClientRect().bottom - one.querySelector('li:last-child')!.getBoundingClientRect().bottom);
  expect(gap).toBeLessThanOrEqual(20);
});

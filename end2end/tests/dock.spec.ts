import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { agree, atCashier, place, preferences, primary, signIn, speak } from './people';
import { expect, ownServer, test } from './test';

ownServer();

const PHONE = '13800000001';
const SCREENS = [[390, 844], [390, 664], [320, 568]] as const;

const path = (page: Page) => new URL(page.url()).pathname + new URL(page.url()).search;

// The person's first vehicle with open records, and these.
async function openRecords(page: Page): Promise<[string, string[]]> {
  await speak(page, 'zh');
  await signIn(page, PHONE, '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().click();
  await expect(page.locator('#records')).toBeVisible();
  await page.waitForLoadState();
  const records = await page.locator('#records input[name=records]').evaluateAll((boxes) => boxes.map((box) => `records=${(box as HTMLInputElement).value}`));
  return [path(page), records];
}

// The pages on which something is accepted or paid, the order in two of its states.
async function reach(page: Page): Promise<string[]> {
  const [vehicle, [accepted, left]] = await openRecords(page);
  await page.goto(`${vehicle}/notice?${accepted}`);
  await agree(page);
  const order = await place(page, PHONE);
  await atCashier(page, 'decline');
  await page.goto(`${vehicle}/notice?${left}`);
  const agreed = `agreed=yes&notice=${await page.locator('input[name=notice]').getAttribute('value')}`;
  // The next code may be had after a minute; the page that takes it is there before.
  return [`${vehicle}/notice?${left}`, `${vehicle}/decision?${left}&${agreed}`, `${vehicle}/confirm?${left}&${agreed}`, order, `${order}/cancel`];
}

async function isInReach(page: Page, height: number, when: string) {
  const box = (await primary(page).boundingBox())!;
  expect.soft(box.y, when).toBeGreaterThanOrEqual(0);
  expect.soft(box.y + box.height, when).toBeLessThanOrEqual(height);
  expect.soft(box.height, when).toBeGreaterThanOrEqual(44);
}

test('the primary act is on the first screen in every language, size of type and theme', async ({ page, context }) => {
  test.setTimeout(240_000);
  const shots = process.env.LUTONG_SHOTS;
  const paths = await reach(page);
  for (const look of ['zh.normal.light', 'zh.large.light', 'en.normal.dark', 'en.large.dark']) {
    await context.addCookies([preferences(look)]);
    for (const [number, path] of paths.entries()) {
      for (const [width, height] of SCREENS) {
        await page.setViewportSize({ width, height });
        await page.goto(path);
        const when = `${path.split('?')[0]} ${look} ${width}×${height}`;
        // Large type on the lowest of the screens: the bar stands at the end, so that the page can be read.
        const fixed = height > 600 || !look.includes('large');
        if (fixed) await isInReach(page, height, when);
        if (shots) await page.screenshot({ path: join(shots, `${number}-${look}-${width}x${height}.png`) });
        // Nothing of the page stays under the bar at the end.
        await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
        const end = await page.locator('main').evaluate((main) => main.getBoundingClientRect().bottom);
        const dock = (await page.locator('.lt-dock').boundingBox())!;
        expect.soft(end, when).toBeLessThanOrEqual(dock.y + 1);
      }
    }
  }
});

test('on a low screen and with very large type the bar stands at the end of the page', async ({ page, context }) => {
  const [vehicle, [record]] = await openRecords(page);
  await page.setViewportSize({ width: 640, height: 360 });
  await page.goto(`${vehicle}/notice?${record}`);
  await expect(page.locator('.lt-dock')).toHaveCSS('position', 'static');
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.locator('.lt-dock')).toHaveCSS('position', 'sticky');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Page.setFontSizes', { fontSizes: { standard: 32, fixed: 32 } });
  await page.reload();
  await expect(page.locator('.lt-dock')).toHaveCSS('position', 'static');
});

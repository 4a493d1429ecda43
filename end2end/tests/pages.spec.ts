import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { canBePressed, fits } from './looks';
import { agree, isAccessible, pay, place, preferences, signIn } from './people';
import { expect, ownServer, test } from './test';

ownServer();
test.describe.configure({ mode: 'parallel' });
// Pages of errors answer with their status.
test.use({ meant: /status of (404|413|429|503)/ });

// Every two of language, size and theme meet in one of the four.
const LOOKS = ['zh.normal.light', 'en.large.light', 'en.normal.dark', 'zh.large.dark'];

// Pages that answer with a status of their own.
const STATUS: Record<string, number> = { '/not-found': 404, '/error/unavailable': 503, '/error/too-many': 429, '/error/too-large': 413 };

type Kept = Awaited<ReturnType<BrowserContext['storageState']>>;
// Pages as one browser sees them: nobody's, or somebody's with what they have begun.
const visits: { state: Kept; paths: string[] }[] = [];

const path = (page: Page) => new URL(page.url()).pathname + new URL(page.url()).search;

async function chooseFirst(page: Page, phone: string): Promise<string[]> {
  await signIn(page, phone, '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().click();
  const seen = [path(page)];
  const record = await page.locator('#records .lt-card').filter({ has: page.locator('input') }).locator('.lt-card__link').first().getAttribute('href');
  await page.locator('#records input[name=records]').first().check();
  await page.locator('button[form=records]').click();
  seen.push(record!, `${record}/dispute`, `${record}/evidence`, `${record}/evidence?zoom=4`, path(page));
  await agree(page);
  seen.push(path(page).replace('/confirm?', '/decision?'));
  return [...seen, path(page)];
}

async function visitor(page: Page): Promise<string[]> {
  await page.goto('/register');
  await page.locator('#phone').fill('13900000041');
  await page.locator('main form button[type=submit]').click();
  await expect(page).toHaveURL(/\/register\/code$/);
  return [
    '/', '/services', '/sign-in', '/sign-in/password', '/register', '/register/code', '/register/identity', '/register/password',
    '/register/done', '/signed-out', '/rulebook', '/rulebook/camera.fine-limit', '/rulebook/camera.licence-state', '/rulebook/fine.late-fee',
    '/what-if', '/what-if?place=500103&fine=500&licence=none', '/what-if?fine=x&plate=y', '/what-if?disputed=yes&at=x', '/what-if/late-fee', '/what-if/late-fee?fine=x&paid_on=2020-01-01',
    '/settings', '/outbox', '/offline',
    '/not-found', '/error/unavailable', '/error/stale', '/error/too-many', '/error/too-large',
  ];
}

// Somebody before an order, with a selection that does not pass together and a record that is refused.
async function before(page: Page): Promise<string[]> {
  const seen = await chooseFirst(page, '13800000004');
  const vehicle = seen[0];
  await page.goto(vehicle);
  const all = await page.locator('#records .lt-card__link').evaluateAll((links) => links.map((link) => link.getAttribute('href')!));
  const together = all.map((record) => `records=${record.split('/').at(-1)}`).join('&');
  return ['/vehicles', ...seen, ...all.slice(0, 1), `${vehicle}/notice?${together}`, `${vehicle}?filter=office`];
}

async function unpaid(page: Page): Promise<string[]> {
  await chooseFirst(page, '13800000009');
  const order = await place(page, '13800000009');
  return ['/', order, `${order}?accepted=already`, `${order}/cancel`, '/orders', '/me'];
}

async function settled(page: Page): Promise<string[]> {
  await chooseFirst(page, '13800000001');
  const order = await place(page, '13800000001');
  await pay(page);
  const receipt = await page.locator('a[href^="/receipts/"]').first().getAttribute('href');
  return ['/', order, '/orders', '/receipts', receipt!, '/me', '/me/licence', '/me/sessions', '/not-found'];
}

async function prepare(browser: Browser, origin: string) {
  for (const way of [visitor, before, unpaid, settled]) {
    const context = await browser.newContext({ baseURL: origin, locale: 'zh-CN', viewport: { width: 390, height: 844 } });
    const paths = await way(await context.newPage());
    visits.push({ state: await context.storageState(), paths });
    await context.close();
  }
}

for (const look of LOOKS) {
  test(`every page is accessible and fits a narrow phone (${look})`, async ({ page, context, browser, baseURL }) => {
    test.setTimeout(240_000);
    if (visits.length === 0) await prepare(browser, baseURL!);
    const shots = look === LOOKS[0] ? process.env.LUTONG_SHOTS : undefined;
    const devtools = await context.newCDPSession(page);
    const type = (standard: number) => devtools.send('Page.setFontSizes', { fontSizes: { standard, fixed: standard } });
    for (const [number, { state, paths }] of visits.entries()) {
      await context.clearCookies();
      await context.addCookies([...state.cookies, preferences(look)]);
      for (const path of paths) {
        const answer = await page.goto(path);
        expect.soft(answer?.status(), path).toBe(STATUS[path] ?? 200);
        await expect.soft(page.locator('h1'), path).toHaveCount(1);
        await isAccessible(page);
        await fits(page, 390, 'as it is');
        const name = path.replaceAll(/[^a-z0-9.]+/g, '-').slice(0, 60);
        if (shots) await page.screenshot({ path: join(shots, `${number}${name}.png`), fullPage: true });
        // Colours take no room: a narrow phone and large type are tried once in each language.
        if (look.endsWith('dark')) continue;
        await canBePressed(page);
        await page.setViewportSize({ width: 320, height: 700 });
        await fits(page, 320, 'at 320 px');
        await page.setViewportSize({ width: 390, height: 844 });
        await type(32);
        await fits(page, 390, 'at 200 % type');
        await type(16);
      }
    }
  });
}

// Signing in as people of the demo registry, and reading their SMS in the development outbox.
import { expect, type Page } from '@playwright/test';
import AxeBuilder from '@axe-core/playwright';

export const PASSWORD = 'lutong-demo';

export async function signIn(page: Page, phone: string, next = '/') {
  await page.goto(`/sign-in/password?next=${encodeURIComponent(next)}`);
  await page.locator('#phone').fill(phone);
  await page.locator('#password').fill(PASSWORD);
  await page.locator('main button[type=submit]').first().click();
  await expect(page).toHaveURL(new RegExp(`${next.replaceAll('?', '\\?')}$`));
  // The address changes before the page is whole, and what reads a list at once would read half of it.
  await page.waitForLoadState();
}

export async function speak(page: Page, language: 'zh' | 'en') {
  await page.context().addCookies([preferences(`${language}.normal.auto`)]);
}

// The cookie is for secure connections alone, and the browser counts this machine among them; the protocol does not.
export function preferences(value: string) {
  const { hostname } = new URL(process.env.LUTONG_ORIGIN ?? origin());
  return { name: '__Host-preferences', value, url: `https://${hostname}`, secure: true };
}

export function origin() {
  return `http://127.0.0.1:${process.env.LUTONG_PORT ?? 3100}`;
}

// The newest code that went to the phone.
export async function newestCode(page: Page, phone: string): Promise<string> {
  const texts = await page.request.get('/outbox');
  const html = await texts.text();
  const match = html.match(new RegExp(`data-phone="${phone}"[^>]*>[\\s\\S]*?#(\\d{6})`));
  if (!match) throw new Error(`no SMS to ${phone}`);
  return match[1];
}

// The page's one primary act, at the lower edge.
export function primary(page: Page) {
  return page.locator('.lt-dock button[type=submit]');
}

// Agrees to the notice and sends the code that confirms the decision.
export async function agree(page: Page) {
  await page.locator('label[for=agreed]').click();
  await primary(page).click();
  await expect(page).toHaveURL(/\/decision\?/);
  await primary(page).click();
  await expect(page).toHaveURL(/\/confirm\?/);
}

// Confirms by the SMS code; gives the path of the order.
export async function place(page: Page, phone: string): Promise<string> {
  await page.locator('#code').fill(await newestCode(page, phone));
  await primary(page).click();
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
  return new URL(page.url()).pathname;
}

// Leads the order on the page to the provider's cashier and presses a button there.
export async function atCashier(page: Page, outcome: 'pay' | 'decline' | 'leave') {
  const ours = new URL(page.url()).origin;
  await primary(page).click();
  // The provider's page is on an origin of its own, and takes only people who come from ours.
  await expect(page).toHaveURL(/\/checkmweb\?prepay_id=/);
  expect(new URL(page.url()).origin).not.toBe(ours);
  await page.locator(`button[value=${outcome}]`).click();
  await expect(page).toHaveURL(/returned=\d+$/);
}

// Pays the order on the page at the provider's cashier and comes back to it settled.
export async function pay(page: Page) {
  const order = page.url();
  await atCashier(page, 'pay');
  await expect(async () => {
    await page.goto(order);
    await expect(page.locator('.lt-panel')).toBeVisible({ timeout: 1000 });
  }).toPass();
}

export async function isAccessible(page: Page) {
  // The pages have no frames: the simpler mode finds the same in half the time.
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).setLegacyMode();
  const found = await axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const words = found.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect.soft(words, page.url()).toEqual([]);
}

// Signs in and takes the first open record of the first vehicle with some to the decision, in Chinese.
export async function reachDecision(page: Page, phone: string) {
  await speak(page, 'zh');
  await signIn(page, phone, '/vehicles');
  await page.locator('a.lt-cell--link').filter({ hasText: '条待处理' }).first().click();
  await page.locator('#records input[name=records]').first().check();
  await page.locator('button[form=records]').click();
  await agree(page);
}

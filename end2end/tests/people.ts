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
}

export async function speak(page: Page, language: 'zh' | 'en') {
  const value = `${language}.normal.auto`;
  const url = process.env.LUTONG_ORIGIN ?? origin();
  await page.context().addCookies([{ name: '__Host-preferences', value, url, secure: true }]);
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

// Confirms by the SMS code; gives the path of the order.
export async function place(page: Page, phone: string): Promise<string> {
  await page.locator('#code').fill(await newestCode(page, phone));
  await page.locator('form[action="/api/orders/place"] button').click();
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
  return new URL(page.url()).pathname;
}

// Pays the order on the page at the provider's cashier and comes back to it settled.
export async function pay(page: Page) {
  const order = page.url();
  await page.locator('form[action="/api/orders/pay"] button').click();
  // The provider's page is on an origin of its own, and takes only people who come from ours.
  await expect(page).toHaveURL(/\/checkmweb\?prepay_id=/);
  expect(new URL(page.url()).origin).not.toBe(new URL(order).origin);
  await page.locator('button[value=pay]').click();
  await expect(page).toHaveURL(/returned=yes/);
  await expect(async () => {
    await page.goto(order);
    await expect(page.locator('.lt-panel')).toBeVisible({ timeout: 1000 });
  }).toPass();
}

export async function isAccessible(page: Page) {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] });
  const found = await axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const words = found.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect.soft(words, page.url()).toEqual([]);
}

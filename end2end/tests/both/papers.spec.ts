import { pay, place, reachDecision } from '../people';
import { expect, ownServer, test } from '../test';

ownServer();

const HEADINGS = /^加盖印章的/;

for (const { phone, office, bring } of [
  { phone: '13800000009', office: '邮政储蓄银行重庆分行直属支行营业部', bring: '身份证、驾驶证' },
  // Kunming's text names no office that gives papers.
  { phone: '13800000001', office: undefined, bring: undefined },
]) {
  test(`who needs stamped papers learns where to get them (${office ?? 'none named'})`, async ({ page }) => {
    await reachDecision(page, phone);
    await place(page, phone);
    await pay(page);
    if (office === undefined) {
      await expect(page.getByRole('heading', { name: HEADINGS })).toHaveCount(0);
      return;
    }
    await expect(page.getByRole('heading', { name: HEADINGS })).toHaveCount(2);
    await expect(page.locator('main')).toContainText(office);
    await expect(page.locator('main')).toContainText(bring!);
    await page.locator('a[href^="/receipts/"]').first().click();
    await expect(page.locator('main')).toContainText(office);
  });
}

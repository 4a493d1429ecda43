import type { Page, Request } from '@playwright/test';
import { signIn, speak } from './people';
import { expect, test } from './test';

// A slow line: the answer to a form takes two seconds.
async function slowForms(page: Page): Promise<Request[]> {
  const sent: Request[] = [];
  await page.route('**/api/**', async (route) => {
    if (route.request().method() === 'POST') {
      sent.push(route.request());
      await new Promise((wake) => setTimeout(wake, 2000));
    }
    await route.continue();
  });
  return sent;
}

const twice = (page: Page, button: string) =>
  page.locator(button).evaluate((one) => {
    (one as HTMLButtonElement).click();
    setTimeout(() => (one as HTMLButtonElement).click(), 300);
    return one.textContent;
  });

// Without the module the browser complains of it.
test.use({ serviceWorkers: 'block', meant: /wasm|Failed to (fetch|load)|ERR_FAILED|TypeError/i });

test('a second press while the code is on its way sends nothing more, before any WebAssembly is there', async ({ page }) => {
  await page.route('**/*.wasm', (route) => route.abort());
  await speak(page, 'zh');
  const sent = await slowForms(page);
  for (const [path, phone] of [['/sign-in', '13800000011'], ['/register', '13900000051']]) {
    sent.length = 0;
    await page.goto(path);
    await page.locator('#phone').fill(phone);
    expect(await twice(page, 'main form button[type=submit]')).toBe('正在提交…');
    await expect(page).toHaveURL(/\/code/);
    expect(sent).toHaveLength(1);
  }
});

test('every form that posts takes one press', async ({ page }) => {
  await speak(page, 'zh');
  await signIn(page, '13800000011', '/me');
  const sent = await slowForms(page);
  for (const [path, form] of [['/settings', 'main form'], ['/settings', '.lt-header form'], ['/me', 'form[action="/api/sign-out"]']]) {
    sent.length = 0;
    await page.goto(path);
    await twice(page, `${form} button[type=submit] >> nth=0`);
    await page.waitForTimeout(2500);
    expect(sent, path).toHaveLength(1);
  }
});

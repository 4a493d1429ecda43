import { expect, test } from '../test';
import { isAccessible, pay, place, primary, signIn, speak } from '../people';

// One journey per language and per project; each takes records that no other has taken.
const drivers = {
  'scripts on': { zh: '13800000001', en: '13800000009' },
  'scripts off': { zh: '13800000004', en: '13800000008' },
} as const;

for (const language of ['zh', 'en'] as const) {
  test(`a camera record is handled from sign-in to receipt (${language})`, async ({ page, javaScriptEnabled }, info) => {
    const phone = drivers[info.project.name as keyof typeof drivers][language];
    const scripts = javaScriptEnabled !== false;
    const check = async () => { if (scripts) await isAccessible(page); };
    await speak(page, language);
    await signIn(page, phone, '/vehicles');
    await expect(page.locator('html')).toHaveAttribute('lang', language === 'zh' ? 'zh-CN' : 'en');
    await check();

    const vehicle = page.locator('a.lt-cell--link').filter({ hasText: language === 'zh' ? '条待处理' : 'open' }).first();
    await vehicle.click();
    await expect(page.locator('#records')).toBeVisible();
    await check();
    await page.locator('#records input[name=records]').first().check();
    await page.locator('button[form=records]').click();

    await expect(page).toHaveURL(/\/notice\?/);
    await check();
    // Not agreeing is told at the box and in the title, and nothing is lost.
    await primary(page).click();
    await expect(page.locator('#agreed-error')).toBeVisible();
    await expect(page.locator('#errors')).toBeFocused();
    await expect(page).toHaveTitle(language === 'zh' ? /^错误/ : /^Error/);
    await check();
    await page.locator('label[for=agreed]').click();
    await primary(page).click();

    await expect(page).toHaveURL(/\/decision\?/);
    await check();
    await primary(page).click();

    await expect(page).toHaveURL(/\/confirm\?/);
    await check();
    await page.locator('#code').fill('12');
    await primary(page).click();
    await expect(page.locator('#errors')).toBeVisible();
    await expect(page).toHaveTitle(language === 'zh' ? /^错误/ : /^Error/);
    const order = await place(page, phone);
    await check();
    await pay(page);
    await check();
    await page.locator('a[href^="/receipts/"]').first().click();
    await expect(page.locator('.lt-panel__number strong')).toHaveText(/^R\d{16}$/);
    await check();
    // On paper the proof is open, under the name of who issued it.
    await expect(page.locator('.lt-print-head')).toBeHidden();
    await expect(page.locator('pre').first()).toBeHidden();
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.lt-header')).toBeHidden();
    await expect(page.locator('pre').first()).toBeVisible();
    await expect(page.locator('.lt-print-head')).toBeVisible();
    await page.emulateMedia({ media: 'screen' });

    // Anyone verifies it: the browser where scripts run, and nothing is sent; else the server.
    const proof = (await page.locator('pre').first().textContent()) ?? '';
    const link = await page.locator('a[href^="/verify#"]').getAttribute('href');
    const sent: string[] = [];
    page.on('request', (request) => { if (request.method() === 'POST') sent.push(request.url()); });
    await page.goto(link!);
    const outcome = page.locator('[data-outcome]:visible');
    if (scripts) await expect(page.locator('#proof')).toHaveValue(proof);
    else await page.locator('#proof').fill(proof);
    if (!scripts) await page.locator('main form button[type=submit]').click();
    await expect(outcome).toHaveAttribute('data-outcome', 'genuine');
    await check();
    await page.locator('#proof').fill(proof.replace('amount ', 'amount 9'));
    await page.locator('main form button[type=submit]').click();
    await expect(outcome).toHaveAttribute('data-outcome', 'altered');
    expect(sent.length).toBe(scripts ? 0 : 2);

    // Going back to the form never does it twice: the page shows the real state.
    await page.goto(order);
    await expect(page.locator('form[action="/api/orders/pay"]')).toHaveCount(0);
  });
}

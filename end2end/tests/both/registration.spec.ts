import type { Page } from '@playwright/test';
import { isAccessible, newestCode, PASSWORD, speak } from '../people';
import { idNumberOf, phoneOf } from '../registry';
import { expect, test } from '../test';

// Two owners of cars whom the registry knows and who have no account: one for each project. They register with another
// phone than the registry holds.
const owners = {
  'scripts on': { name: '孟晓燕', plate: '鲁B3T6U7', spoken: '鲁B·3T6U7', phone: '13700000021' },
  'scripts off': { name: '刘洋', plate: '渝B2M7N1', spoken: '渝B·2M7N1', phone: '13700000022' },
} as const;

// The field says what to mend, the summary leads to it, the tab's title tells it too.
async function isWrong(page: Page, field: string, words: RegExp) {
  await expect(page).toHaveTitle(/^错误/);
  await expect(page.locator(`#${field}-error`)).toHaveText(words);
  const line = page.locator('#errors a');
  await expect(line).toHaveText(words);
  await expect(line).toHaveAttribute('href', `#${field}`);
  await expect(page.locator(`#${field}`)).toHaveAttribute('aria-describedby', new RegExp(`${field}-error`));
}

async function send(page: Page, values: Record<string, string>) {
  for (const [field, value] of Object.entries(values)) await page.locator(`#${field}`).fill(value);
  await page.locator('main form button[type=submit]').first().click();
}

test('a person unknown so far registers, and each wrong entry is told at its field', async ({ page, javaScriptEnabled }, info) => {
  const owner = owners[info.project.name as keyof typeof owners];
  await speak(page, 'zh');
  await page.goto('/register');

  await send(page, { phone: '138001' });
  await isWrong(page, 'phone', /11 位/);
  await expect(page.locator('#phone')).toHaveValue('138001');
  await send(page, { phone: owner.phone });

  await expect(page).toHaveURL(/\/register\/code$/);
  await expect(page.locator('main')).toContainText('137****');
  // Pressed too early, the code in hand stays good.
  await page.locator('form[action="/api/register/code/send"] button').click();
  await expect(page).toHaveURL(/\/register\/code$/);
  await expect(page.getByRole('status')).toContainText('秒后可重发');
  await send(page, { code: '12' });
  await isWrong(page, 'code', /6 位数字/);
  const code = await newestCode(page, owner.phone);
  await send(page, { code: code === '000000' ? '000001' : '000000' });
  await isWrong(page, 'code', /还可以试 4 次/);
  // Typed as some keyboards do: full-width digits and a space.
  const typed = [...code].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join('');
  await send(page, { code: `${typed.slice(0, 3)} ${typed.slice(3)}` });

  await expect(page).toHaveURL(/\/register\/identity$/);
  const idNumber = idNumberOf(owner.name);
  const last = idNumber.endsWith('1') ? '2' : '1';
  await send(page, { id_number: idNumber.slice(0, 17) + last, proof: owner.plate });
  await isWrong(page, 'id_number', /最后一位校验不对/);
  await expect(page.locator('#proof')).toHaveValue(owner.plate);
  // With another's plate the pages go on alike, and no code comes.
  await send(page, { id_number: idNumber, proof: '云A5K8L2' });
  await expect(page).toHaveURL(/\/register\/identity\/code$/);
  await send(page, { code: '000000' });
  await isWrong(page, 'code', /还可以试 4 次/);
  await page.locator('main a[href="/register/identity"]').click();
  await send(page, { id_number: idNumber, proof: owner.plate });

  await expect(page).toHaveURL(/\/register\/identity\/code$/);
  const registered = phoneOf(owner.name);
  await expect(page.locator('main')).toContainText(`${registered.slice(0, 3)}****${registered.slice(7)}`);
  // The check itself is a script.
  if (javaScriptEnabled !== false) await isAccessible(page);
  await send(page, { code: await newestCode(page, registered) });

  await expect(page).toHaveURL(/\/register\/password$/);
  await send(page, { password: 'short' });
  await isWrong(page, 'password', /8 个字符/);
  await expect(page.locator('#password')).toHaveValue('');
  await send(page, { password: 'Password1' });
  await isWrong(page, 'password', /太常见/);
  await send(page, { password: `${owner.plate} drives far` });
  await isWrong(page, 'password', /车牌号/);
  await send(page, { password: 'a quiet road at dawn' });

  await expect(page).toHaveURL(/\/register\/done$/);
  await expect(page.locator('main')).toContainText('手机号已验证');
  await page.locator('main a[href="/vehicles"]').click();
  await expect(page.locator('main')).toContainText(owner.spoken);
  await page.goto('/me');
  await expect(page.locator('main')).toContainText('137****');
  await expect(page.locator('main')).not.toContainText(idNumber);

  await page.locator('form[action="/api/sign-out"] button').click();
  await page.goto('/sign-in/password');
  await send(page, { phone: owner.phone, password: 'a quiet road at dawn' });
  await page.goto('/vehicles');
  await expect(page.locator('main')).toContainText(owner.spoken);
});

test('a phone that has an account is told so only after its code', async ({ page }, info) => {
  const phone = info.project.name === 'scripts on' ? '13800000014' : '13800000015';
  await speak(page, 'zh');
  await page.goto('/register');
  await send(page, { phone });
  await expect(page).toHaveURL(/\/register\/code$/);
  await send(page, { code: await newestCode(page, phone) });
  await isWrong(page, 'code', /已有账号/);
});

test('a wrong password is told at the field and the phone stays', async ({ page }) => {
  await speak(page, 'zh');
  await page.goto('/sign-in/password?next=%2Forders');
  await send(page, { phone: '13800000006', password: 'not this one' });
  await isWrong(page, 'password', /手机号或密码不对/);
  await expect(page.locator('#phone')).toHaveValue('13800000006');
  await send(page, { password: PASSWORD });
  await expect(page).toHaveURL(/\/orders$/);
});

test('steps that have lapsed begin anew, and the page says why', async ({ page }) => {
  await speak(page, 'zh');
  for (const path of ['/register/code', '/sign-in/code']) {
    await page.goto(path);
    await expect(page).toHaveURL(path === '/register/code' ? /\/register$/ : /\/sign-in$/);
  }
  await page.goto('/register/password');
  await send(page, { password: 'a quiet road at dawn' });
  await expect(page).toHaveURL(/\/register$/);
  await expect(page.locator('#errors')).toContainText('请重新开始');
});

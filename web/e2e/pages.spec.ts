// Every page and state, in both languages and themes, on desk and phone: accessible (with contrast), within
// the screen, large enough to press, titled, in its language, and nothing from other sites.
import type { Page } from '@playwright/test';
import {
  expect,
  expectAccessible,
  expectFitsAndTouchable,
  openDesk,
  settle,
  signedInAs,
  test,
} from './fixtures';
import { ADMINS, LEADS, OWN, PUBLIC } from './pages';

/** All that is asked of a page as it stands, in both themes. */
async function expectGood(page: Page) {
  await settle(page);
  await expect(page.locator('h1')).toHaveCount(1);
  await expectFitsAndTouchable(page);
  await expectAccessible(page);
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  const before = await theme();
  await page.emulateMedia({ colorScheme: before === 'dark' ? 'light' : 'dark' });
  await settle(page);
  // Where the sky is shown, it is dark whatever the device says.
  if ((await theme()) !== before) await expectAccessible(page);
  await page.emulateMedia({ colorScheme: null });
}

for (const path of PUBLIC) {
  test(`${path} for everybody`, async ({ page, words, language }) => {
    await page.goto(path);
    await expectGood(page);
    await expect(page).toHaveTitle(new RegExp(words.brand));
    await expect(page.locator('html')).toHaveAttribute('lang', language === 'zh' ? 'zh-Hans' : 'en');
  });
}

for (const path of OWN) {
  test(`${path} for somebody who is signed in`, async ({ signedIn: page }) => {
    await page.goto(path);
    await expectGood(page);
  });
}

for (const [role, paths] of [
  ['lead', LEADS],
  ['admin', ADMINS],
] as const) {
  for (const path of paths) {
    test(`${path} for ${role}s`, async ({ page }) => {
      await signedInAs(page, role);
      await page.goto(path);
      await expectGood(page);
    });
  }
}

test('pages that need an account say so, and lead there and back', async ({ page, words }) => {
  for (const path of ['/me', '/settings', '/lead', '/admin/people']) {
    await page.goto(path);
    await expectGood(page);
    const way = page.getByRole('main').getByRole('link', { name: words.nav.signIn, exact: true });
    await expect(way).toHaveAttribute('href', `/sign-in?next=${encodeURIComponent(path)}`);
  }
});

test('the desk and each of its sheets', async ({ signedIn: page, words, isPhone }) => {
  await openDesk(page);
  await expectGood(page);
  const { guide, view, keys, tell } = words.classify;
  for (const name of [guide, tell, isPhone ? view : keys]) {
    await page.getByRole('button', { name, exact: true }).click();
    const dialog = page.getByRole('dialog', { name });
    await expect(dialog).toBeVisible();
    await expectGood(page);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
});

test('forms say what is wrong', async ({ page }) => {
  for (const path of ['/sign-up', '/sign-in', '/forgot']) {
    await page.goto(path);
    await page.getByRole('main').locator('form .primary').click();
    await expect(page.locator('[aria-invalid="true"]').first()).toBeVisible();
    await expectGood(page);
  }
});

test('the menu opens, closes with Escape and gives the focus back', async ({ page, words, isPhone }) => {
  test.skip(!isPhone, 'the menu of people who are not signed in is on phones only');
  await page.goto('/about');
  const opener = page.getByRole('button', { name: words.menu, exact: true });
  await opener.click();
  const way = page.getByRole('link', { name: words.nav.signUp });
  await expect(way).toBeVisible();
  await expectGood(page);
  await page.keyboard.press('Escape');
  await expect(way).toBeHidden();
  await expect(opener).toBeFocused();
});

test('the account menu', async ({ signedIn: page, words, account }) => {
  await page.goto('/about');
  await page.getByRole('button', { name: words.nav.signedInAs(account.name) }).click();
  await expect(page.getByRole('link', { name: words.nav.settings })).toBeVisible();
  await expectGood(page);
});

test('the first stop of the tab key skips to the content', async ({ page, words }) => {
  await page.goto('/about');
  await expect(page.locator('h1')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: words.skip })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#content')).toBeFocused();
});

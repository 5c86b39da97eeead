// Every page: accessible, within the screen, large enough to press, titled, in its language.
import { expect, expectAccessible, expectFitsAndTouchable, openDesk, test } from './fixtures';

const PAGES = ['/', '/about', '/status', '/sign-up', '/sign-in', '/classify', '/nowhere'];

for (const path of PAGES) {
  test(`${path} is accessible to everyone who is not signed in`, async ({ page, words, language }) => {
    await page.goto(path);
    await expect(page.locator('h1')).toHaveCount(1);
    await expect(page).toHaveTitle(new RegExp(words.brand));
    await expect(page.locator('html')).toHaveAttribute('lang', language === 'zh' ? 'zh-Hans' : 'en');
    await page.waitForLoadState('networkidle').catch(() => {});
    await expectAccessible(page);
    await expectFitsAndTouchable(page);
  });
}

for (const path of ['/', '/status']) {
  test(`${path} is accessible when signed in`, async ({ signedIn: page }) => {
    await page.goto(path);
    await expect(page.locator('dl dd').first()).toBeVisible();
    await expectAccessible(page);
    await expectFitsAndTouchable(page);
  });
}

test('the desk and each of its sheets are accessible', async ({ signedIn: page, words, isPhone }) => {
  await openDesk(page);
  await expectAccessible(page);
  await expectFitsAndTouchable(page);
  const sheets = [words.classify.guide, isPhone ? words.classify.view : words.classify.keys];
  for (const name of sheets) {
    await page.getByRole('button', { name, exact: true }).click();
    const dialog = page.getByRole('dialog', { name });
    await expect(dialog).toBeVisible();
    await expectAccessible(page);
    await expectFitsAndTouchable(page);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
});

test('forms say what is wrong, accessibly', async ({ page, words }) => {
  await page.goto('/sign-up');
  await page.locator('form .primary').click();
  await expect(page.getByText(words.signUp.fields.email)).toBeVisible();
  await expectAccessible(page);
});

test('the menu opens, closes with Escape and is accessible', async ({ page, words, isPhone }) => {
  test.skip(!isPhone, 'the menu of people who are not signed in is on phones only');
  await page.goto('/about');
  const opener = page.getByRole('button', { name: words.menu });
  await opener.click();
  await expect(page.getByRole('link', { name: words.nav.signUp })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('link', { name: words.nav.signUp })).toBeHidden();
  await expect(opener).toBeFocused();
});

test('the first stop of the tab key skips to the content', async ({ page, words }) => {
  await page.goto('/about');
  await expect(page.locator('h1')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: words.skip })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#content')).toBeFocused();
});

test('nothing is loaded from other sites', async ({ page, baseURL }) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== new URL(baseURL ?? '').origin)
      elsewhere.push(request.url());
  });
  for (const path of PAGES) await page.goto(path);
  expect(elsewhere).toEqual([]);
});

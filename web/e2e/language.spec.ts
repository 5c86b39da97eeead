// The language changes at once, without a reload, and stays.
import { expect, test } from './fixtures';
import { allWords } from './words';

test('switches without a reload and stays after one', async ({ page, words, language }) => {
  const other = allWords[language === 'zh' ? 'en' : 'zh'];
  await page.goto('/about');
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await page.getByRole('button', { name: words.nav.switchLanguage }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(other.about.title);
  await expect(page.locator('html')).toHaveAttribute('lang', language === 'zh' ? 'en' : 'zh-Hans');
  await expect(page).toHaveTitle(`${other.about.title} · ${other.brand}`);
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(other.about.title);
});

test('a link can ask for a language', async ({ page }) => {
  for (const language of ['zh', 'en'] as const) {
    await page.goto(`/about?lang=${language}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(allWords[language].about.title);
  }
});

// Words that come late (of errors, of another page) come in the language that was chosen meanwhile.
test('the next page and an error speak the language just chosen', async ({ page, words, language }) => {
  const other = allWords[language === 'zh' ? 'en' : 'zh'];
  await page.goto('/sign-in');
  await page.getByRole('button', { name: words.nav.switchLanguage }).click();
  await page.locator('#email').fill('nobody@example.org');
  await page.locator('#password').fill('not the password');
  await page.getByRole('main').locator('form .primary').click();
  await expect(page.getByRole('alert')).toContainText(other.problems.wrong_credentials);
  await page.getByRole('link', { name: other.nav.contact }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(other.contact.title);
});

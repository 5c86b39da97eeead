// The language changes at once, without a reload, and stays.
import { en } from '../src/lib/i18n/en';
import { zh } from '../src/lib/i18n/zh';
import { expect, test } from './fixtures';

test('switches without a reload and stays after one', async ({ page, words, language }) => {
  const other = language === 'zh' ? en : zh;
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
  await page.goto('/about?lang=zh');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(zh.about.title);
  await page.goto('/about?lang=en');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(en.about.title);
});

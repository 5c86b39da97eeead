// Live numbers: they change by themselves, can be paused, and survive a broken stream.
import { expect, openDesk, test, vote } from './fixtures';

test('a vote shows on the progress page without a reload', async ({ signedIn: page, words }) => {
  await page.goto('/status');
  const votes = page.locator('dl div', { hasText: words.status.numbers.votes }).first().locator('dd');
  await expect(votes).toBeVisible();
  const before = await votes.textContent();
  const desk = await page.context().newPage();
  await openDesk(desk);
  await vote(desk, '1');
  await desk.close();
  await page.bringToFront();
  await expect(votes).not.toHaveText(before ?? '', { timeout: 15_000 });
  await expect(page.getByText(words.status.live, { exact: true })).toBeVisible();
});

test('what became of the images is told in words and whole numbers', async ({ page, words }) => {
  await page.goto('/status');
  const { title, open, lens, no_lens, contested } = words.status.outcomes;
  const outcomes = page.getByRole('region', { name: title });
  for (const { name, text } of [open, lens, no_lens, contested]) {
    const row = outcomes.locator('dl > div', { hasText: text }).filter({ hasText: name });
    await expect(row.locator('.count')).toHaveText(/^[\d,]+$/);
  }
});

test('pause stops the numbers and says so', async ({ page, words }) => {
  await page.goto('/status');
  await page.getByRole('button', { name: words.status.pause }).click();
  await expect(page.getByText(words.status.paused, { exact: true })).toBeVisible();
  await page.getByRole('button', { name: words.status.resume }).click();
  await expect(page.getByText(words.status.live, { exact: true })).toBeVisible();
});

test('without the stream the numbers are polled', async ({ page, words }) => {
  await page.route('**/status/events', (route) => route.abort());
  await page.goto('/status');
  await expect(page.getByText(words.status.polling, { exact: true })).toBeVisible();
  await expect(page.locator('dl dd').first()).toBeVisible();
});

test('without a server the home page still says what this is', async ({ page, words }) => {
  await page.route('**/api/**', (route) => route.abort());
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(words.home.title);
  await expect(page.getByText(words.home.noNumbers)).toBeVisible();
});

test('rounds are for people who are signed in', async ({ page, words }) => {
  await page.goto('/status');
  await expect(page.getByText(words.status.signInForRounds)).toBeVisible();
});

// What the browser fetches: nothing from elsewhere, no more than was promised.
import { expect, test } from './fixtures';
import { PUBLIC } from './pages';

test('nothing is loaded from other sites', async ({ page, baseURL }) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== new URL(baseURL ?? '').origin)
      elsewhere.push(request.url());
  });
  for (const path of PUBLIC) {
    await page.goto(path);
    await expect(page.locator('h1').first()).toBeAttached();
  }
  expect(elsewhere).toEqual([]);
});

test('a guest gets no cookie', async ({ page, context }) => {
  for (const path of ['/', '/tutorial/what', '/quiz', '/classify']) {
    await page.goto(path);
    await expect(page.locator('h1').first()).toBeAttached();
  }
  expect(await context.cookies()).toEqual([]);
});
